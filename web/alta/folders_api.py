"""Clients' folders by other programs: the documents of every alta, by client, year and words (P7)."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from cases.pages import Page
from provisioning.alta.documents import Document
from web.alta.api_papers import DocumentAnswer
from web.alta.find import altas
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, LimitAsked, MarkAsked, TextAsked
from web.api_models import Nothing, PageOf
from web.keys import person


class FolderAsked(Asked):
    account: Annotated[TextAsked, Field(description="La cuenta, como figura en la carpeta.")] = ""
    year: Annotated[
        str | None, StringConstraints(pattern=r"^[0-9]{4}$"), Field(description="Un año, como «2026».")
    ] = None
    text: Annotated[TextAsked, Field(description="Palabras del documento, del plan o de la cuenta.")] = ""
    limit: LimitAsked = 50
    after: MarkAsked | None = None


class FolderRow(Answer):
    """Los documentos de un cliente en un año."""

    account: str
    year: int
    documents: Annotated[int, Field(description="Cuántos.")]


class Folders(Answer):
    """Por cliente, el año más nuevo primero."""

    items: list[FolderRow]


class FolderDocument(DocumentAnswer):
    """Un documento, con el alta de la que es: se lee en `altas/{alta}/documents/{id}`."""

    alta: int
    account: str
    subsidiary: str
    year: int


class FolderDocuments(PageOf[FolderDocument]):
    """Documentos, del más nuevo al más viejo."""


@endpoint("Las carpetas de los clientes: cuántos documentos, por año.", Nothing, Folders)
async def folders(request: web.Request, _asked: Nothing) -> dict[str, Any]:
    return {"items": await altas(request).documents.folders(person(request).scope)}


@endpoint("Los documentos de las carpetas, del más nuevo al más viejo.", FolderAsked, FolderDocuments)
async def documents(request: web.Request, asked: FolderAsked) -> Page[Document]:
    year, after = int(asked.year) if asked.year else None, int(asked.after) if asked.after else None
    found, following = await altas(request).documents.folder(
        asked.account, year, asked.text, asked.limit, after, person(request).scope
    )
    return Page(found, str(following) if following else None)
