"""What every answer carries, and that no page needs more than it allows."""

import re
from pathlib import Path

import pytest

from web.assets import FOLDER, read_assets

TEMPLATES = sorted((FOLDER.parent / "templates").glob("*.html"))
PAGES = ["/desk", "/cases", "/calls", "/lines", "/phones", "/password", "/nada", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_is_fenced_in_and_kept_by_no_cache(house, path):
    async with house.at("raul") as visitor:
        answer = await visitor.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_or_style_of_its_own(template):
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "| safe" not in text and "|safe" not in text


def test_nothing_is_loaded_from_another_host():
    for path in [*TEMPLATES, *FOLDER.glob("css/*"), *FOLDER.glob("js/*")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), path


async def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(house):
    async with house.at() as visitor:
        page = await (await visitor.get("/sign-in")).text()
        address = re.search(r'href="(/static/[0-9a-f]{12}/css/base.css)"', page)[1]
        answer = await visitor.get(address)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/css")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = await visitor.get(address, **{"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304


async def test_a_static_address_of_a_former_version_is_asked_for_anew(house):
    async with house.at() as visitor:
        answer = await visitor.get("/static/000000000000/css/base.css")
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "..%2f..%2fapp.py", "nada.css"])
async def test_no_static_address_leads_out_of_the_folder(house, name):
    async with house.at() as visitor:
        assert (await visitor.get(f"/static/x/{name}")).status == 404


def test_the_version_changes_with_any_file(tmp_path: Path):
    (tmp_path / "a.css").write_text("a")
    former = read_assets(tmp_path).version
    (tmp_path / "a.css").write_text("b")
    assert read_assets(tmp_path).version != former


async def test_a_body_that_is_too_large_is_refused(house):
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", {"name": "a" * 70_000})
        assert answer.status == 413
        assert "demasiado grande" in (await answer.json())["error"]["message"]


async def test_a_caller_cannot_write_html_on_the_desk(house):
    async with house.at("ana") as visitor:
        await house.rings("pbx1-6.6", caller="<script>alert(1)</script>"[:20])
        page = await (await visitor.get("/desk")).text()
        assert "<script>alert" not in page and "&lt;script&gt;" in page
