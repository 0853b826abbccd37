"""Checks of the way a call takes: it always goes somewhere, through menus that exist and end."""

from collections.abc import Iterable, Iterator

from plans.draft import Draft
from plans.flow import cycles, exits, menu_exits, played
from plans.model import Ask, Choice, Destination, Menu, Notice, Plan
from plans.raw import Fault
from plans.site import Site
from plans.strict_yaml import Path
from plans.words import few, near, nearest

MOST_DIGITS = 32


def answer_goes_somewhere(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    steps = draft.model.answer
    going = next((at for at, step in enumerate(steps) if isinstance(step, Destination)), None)
    if going is None:
        if any(path[:1] == ("answer",) for path in draft.broken):
            return
        place: Path = ("answer", len(steps) - 1)
        yield place, "140", "«answer» termina sin destino; agregue al final uno, como «- queue: cat»"
        return
    for at in range(going + 1, len(steps)):
        yield (
            ("answer", at),
            "141",
            "no se llega a este paso: el anterior ya lleva la llamada; quítelo o súbalo",
        )


def asks_are_sane(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, step in enumerate(draft.model.answer):
        if not isinstance(step, Ask):
            continue
        if not 0 < step.most <= MOST_DIGITS or step.fewest > step.most:
            hint = f"de menos a más y hasta {MOST_DIGITS}, como 7-8"
            yield (
                ("answer", at, "digits"),
                "181",
                f"«{step.digits}» no sirve; escriba cuántos dígitos, {hint}",
            )
        if step.ask in seen:
            yield ("answer", at, "ask"), "182", f"«{step.ask}» ya se pidió antes; deje uno"
        seen.add(step.ask)


def repeats_are_in_menus(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    for path, to, of_choice in exits(draft.model):
        if to.to == "repeat" and not of_choice and path[0] != "menus":
            yield (
                path,
                "142",
                "«repeat» solo vale en las opciones de un menú; escriba otro destino, como una cola",
            )


def menus_exist(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    known = draft.names("menus")
    for path, to, _ in exits(draft.model):
        if to.menu is not None and to.menu not in known:
            hint = near(to.menu, few(known)) or "; defínalo en «menus»"
            yield (*path, "menu"), "143", f"no hay un menú «{to.menu}»{hint}"


def menus_are_reached(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    plan = draft.model
    entered = {to.menu for path, to, _ in exits(plan) if path[0] != "menus" and to.menu} | draft.mentioned
    slips = _meant((to.menu for _, to, _ in exits(plan) if to.menu), draft.names("menus"))
    reached = _reached(plan, entered | slips)
    for name in (name for name in plan.menus if name not in reached):
        yield ("menus", name), "144", f"ningún paso ni opción lleva al menú «{name}»; agregue uno o quítelo"


def _reached(plan: Plan, entered: set[str]) -> set[str]:
    reached: set[str] = set()
    ahead = [name for name in plan.menus if name in entered]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [to.menu for _, to, _ in menu_exits(plan, name) if to.menu in plan.menus and to.menu]
    return reached


def menus_end(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    menus = draft.model.menus
    advice = "escriba en «otherwise» una cola, como {queue: cat}"
    for name, menu in menus.items():
        if menu.otherwise.to == "repeat":
            place: Path = ("menus", name, "otherwise")
            yield place, "145", f"quien no marca nada oye el menú «{name}» sin fin; {advice}"
    leads = {name: menu.otherwise.menu for name, menu in menus.items() if menu.otherwise.menu}
    for ring in cycles(leads):
        shown = " → ".join(f"«{name}»" for name in (*ring, ring[0]))
        yield ("menus", ring[0], "otherwise"), "145", f"quien no marca nada da vueltas: {shown}; {advice}"


def choices_are_labelled(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    for path, choice in _choices(draft.model):
        if choice.label is None and choice.to not in ("repeat", "hangup"):
            yield (
                path,
                "146",
                f"la opción «{path[-1]}» no tiene nombre; agregue «label» para que lo vea el coordinador",
            )


def emergencies_are_answered(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    for name, menu in draft.model.menus.items():
        if _has_emergency(menu) and menu.otherwise.to == "hangup":
            advice = "lleve «otherwise» a una cola"
            yield ("menus", name, "otherwise"), "147", f"a quien no marca nada se le corta; {advice}"
    for path, choice in _choices(draft.model):
        if choice.kind == "emergencia" and choice.hours not in (None, "always"):
            yield (*path, "hours"), "148", "fuera del horario nadie atiende esta emergencia; quite «hours»"


def recording_is_announced(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    plan = draft.model
    if plan.record and not any(isinstance(step, Notice) for step in plan.answer):
        yield ("record",), "180", "se graba sin avisar; agregue a «answer» un paso «- notice:» con el aviso"


def prompts_exist(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    known = draft.names("prompts")
    for path, name in played(draft.model):
        if name not in known:
            hint = near(name, few(known)) or "; defínalo en «prompts»"
            yield path, "130", f"no hay un mensaje «{name}»{hint}"


def prompts_are_used(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    names = {name for _, name in played(draft.model)}
    used = names | draft.mentioned | _meant(names, draft.names("prompts"))
    for name in draft.model.prompts:
        if name not in used:
            yield ("prompts", name), "131", f"nadie usa el mensaje «{name}»; úselo o quítelo"


def _meant(names: Iterable[str], known: frozenset[str]) -> set[str]:
    """The known names that unknown ones were meant to be, so that one slip is one problem."""
    return {meant for name in names if name not in known and (meant := nearest(name, few(known)))}


def _choices(plan: Plan) -> Iterator[tuple[Path, Choice]]:
    for name, menu in plan.menus.items():
        for digit, choice in menu.choices.items():
            yield ("menus", name, "choices", digit), choice


def _has_emergency(menu: Menu) -> bool:
    return any(choice.kind == "emergencia" for choice in menu.choices.values())


CHECKS = (
    answer_goes_somewhere,
    asks_are_sane,
    repeats_are_in_menus,
    menus_exist,
    menus_are_reached,
    menus_end,
    choices_are_labelled,
    emergencies_are_answered,
    recording_is_announced,
    prompts_exist,
    prompts_are_used,
)
