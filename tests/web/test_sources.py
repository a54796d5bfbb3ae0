"""The sign-up page by places: tags made and removed, links, QR codes, poster and snippet."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pypdfium2
import pytest

from models.tables import Candidate, JoinLink, Membership, Operator, Provider, ProviderEvent
from tests.factories import a_candidate
from tests.web.conftest import Browser, Town

PAGE = "/settings/ecommerce/join"


@pytest.fixture(autouse=True)
async def english(town: Town) -> None:
    await Operator.all().update(language="en")


async def add(town: Town, browser: Browser, name: str) -> None:
    version = (await Provider.get(id=town.douceur.id)).settings_version
    odile = await browser(town.odile)
    page = await odile.post(f"{PAGE}/tags", {"name": name, "version": str(version)})
    assert page.status == 303, page.text


async def test_a_place_is_added_with_its_own_links(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    token = (await JoinLink.get(provider_id=town.douceur.id)).token
    page = await odile.post(f"{PAGE}/tags", {"name": "Christmas market", "version": "1"})
    assert (page.status, page.to) == (303, f"{PAGE}?s=christmas-market&added=1")
    shown = await odile.get(page.to)
    assert "/join/douceur-cie?s=christmas-market" in shown.text
    assert f"https://t.me/antichambre_bot?start={token}-christmas-market" in shown.text
    line = await ProviderEvent.get(kind="settings_changed")
    assert (line.subject, line.before, line.after) == (
        "source_tags",
        {"source_tags": []},
        {"source_tags": ["Christmas market"]},
    )
    said = " ".join((await odile.get("/settings/journal?kind=settings")).text.split())
    assert "where people come from: – → Christmas market" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Write where people will find this link"),
        ("x" * 41, "40 characters at most"),
        ("flyer", "“flyer” is in the list already"),
        ("a\u202eb", "hidden characters"),
        ("<b>" * 20, "40 characters at most"),
    ],
)
async def test_what_is_no_place_is_said_beside_the_field(
    town: Town, browser: Browser, name: str, words: str
) -> None:
    await add(town, browser, "Flyer")
    odile = await browser(town.odile)
    page = await odile.post(f"{PAGE}/tags", {"name": name, "version": "2"})
    assert page.status == 422
    assert 'id="name-error"' in page.text
    assert words in page.text
    assert (await Provider.get(id=town.douceur.id)).settings_version == 2


async def test_the_second_admin_overwrites_no_place(town: Town, browser: Browser) -> None:
    await Membership.filter(operator_id=town.oscar.id).update(role="admin")
    await add(town, browser, "Flyer")
    oscar = await browser(town.oscar)
    late = await oscar.post(f"{PAGE}/tags", {"name": "Market", "version": "1"})
    assert late.status == 409
    assert "Odile changed these settings" in late.text
    assert 'value="Market"' in late.text, "what was typed is kept"
    gone = await oscar.post(f"{PAGE}/tags/flyer", {"version": "1"})
    assert gone.status == 409
    tags = (await Provider.get(id=town.douceur.id)).source_tags
    assert tags == [{"key": "flyer", "name": "Flyer"}]


async def test_a_removed_place_is_gone_and_its_link_opens(town: Town, browser: Browser) -> None:
    await add(town, browser, "Flyer")
    await a_candidate(town.douceur, source="flyer")
    odile = await browser(town.odile)
    assert (await odile.post(f"{PAGE}/tags/flyer", {"version": "2"})).status == 303
    assert "(removed)" in (await odile.get(PAGE)).text
    assert (await odile.post(f"{PAGE}/tags/flyer", {"version": "3"})).status == 404
    page = await (await browser()).get("/join/douceur-cie?s=flyer")
    token = (await JoinLink.get(provider_id=town.douceur.id)).token
    assert f'?start={token}"' in page.text


@pytest.mark.parametrize("odd", ["x", "flyer%00", "../flyer", "f" * 500, "%F0%9F", "flyer%0Aa"])
async def test_an_odd_tag_in_an_address_is_as_none(town: Town, browser: Browser, odd: str) -> None:
    await add(town, browser, "Flyer")
    anybody, odile = await browser(), await browser(town.odile)
    page = await anybody.get(f"/join/douceur-cie?s={odd}")
    assert page.status == 200
    assert "-flyer" not in page.text
    for path in ("/join/douceur-cie/qr.svg", PAGE):
        assert (await odile.get(f"{path}?s={odd}")).status == 200


async def test_the_landing_page_keeps_the_tag(town: Town, browser: Browser) -> None:
    await add(town, browser, "Flyer")
    page = await (await browser()).get("/join/douceur-cie?s=flyer")
    token = (await JoinLink.get(provider_id=town.douceur.id)).token
    assert f"?start={token}-flyer" in page.text
    assert f"/start {token}-flyer" in page.text
    assert "qr.svg?s=flyer" in page.text
    assert "lang=fr&amp;s=flyer" in page.text, "another language, the same tag"


async def test_what_is_printed_leads_to_the_page(town: Town, browser: Browser) -> None:
    """A renewed link changes the way into the chat, never the page."""
    odile = await browser(town.odile)
    path = "/join/douceur-cie/qr.svg"
    page, chat = await odile.get(f"{path}?to=page"), await odile.get(path)
    await odile.post(f"{PAGE}/renew")
    assert (await odile.get(f"{path}?to=page")).text == page.text
    assert (await odile.get(path)).text != chat.text


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Nous recrutons"), ("en", "We are recruiting")]
)
async def test_the_poster_says_who_and_how(
    town: Town, browser: Browser, language: str, words: str
) -> None:
    await Provider.filter(id=town.douceur.id).update(name="Soins <b>&amp; “Été” 😀 \u0416")
    await add(town, browser, "Flyer")
    odile = await browser(town.odile)
    answer = await odile.client.get(
        f"{PAGE}/poster.pdf?s=flyer&lang={language}", headers=odile.headers({})
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="poster-douceur-cie-flyer-{language}.pdf"'
    )
    sheet = pypdfium2.PdfDocument(await answer.read())
    assert len(sheet) == 1
    width, height = sheet[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    text = sheet[0].get_textpage().get_text_range()
    assert words in text
    assert "Soins <b>&amp; “Été”" in text, "a name is text, whatever it looks like"
    assert f"{odile.origin.partition('//')[2].partition(':')[0]}" in text
    assert "/join/douceur-cie" in text


@pytest.mark.parametrize("name", ["x" * 120, "mot " * 30, "Ж" * 10, "W" * 60])
async def test_every_name_fits_on_the_poster(town: Town, browser: Browser, name: str) -> None:
    from webhooks.poster import INNER, Poster, draw_poster

    made = draw_poster(Poster(name, "#ffe600", "https://a.example/join/a", "a.example", "fr"))
    page = pypdfium2.PdfDocument(BytesIO(made))[0]
    text = page.get_textpage()
    edges = [text.get_rect(n)[2] for n in range(text.count_rects())]
    assert max(edges) <= INNER + 60, "nothing sticks out of the margin"


async def test_the_snippet_is_one_link_in_a_readable_colour(town: Town, browser: Browser) -> None:
    await Provider.filter(id=town.douceur.id).update(colour="#ffe600", name='"><script>x')
    page = await (await browser(town.odile)).get(PAGE)
    area = page.text.partition('<textarea id="snippet"')[2].partition(">")[2]
    copied = unescape(area.partition("</textarea>")[0])
    assert re.fullmatch(r'<a href="[^"<>]+" rel="noopener" style="[^"<>]+">[^<>]+</a>', copied)
    assert "#ffe600" not in copied


async def test_the_figures_are_on_both_pages(town: Town, browser: Browser) -> None:
    await add(town, browser, "Flyer")
    for number in range(3):
        await a_candidate(town.douceur, f"Amina {number}", source="flyer")
    await a_candidate(town.douceur, "Bruno K", "accepted", source="flyer")
    await a_candidate(town.vert, "Chloé M", source="flyer")
    assert await Candidate.all().count() == 5
    odile = await browser(town.odile)
    row = (await odile.get(PAGE)).text.partition('?s=flyer">Flyer</a>')[2].partition("</tr>")[0]
    assert re.findall(r'class="number">(\d+)<', row) == ["4", "1", "1"]
    home = (await odile.get("/")).text.partition("Where people come from")[2]
    assert re.search(r"Flyer.*?1 accepted.*?<dd>4</dd>", home, re.S)
