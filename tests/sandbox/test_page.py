"""The chat page in a real browser: everything that a person can do there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox import arguments
from sandbox.app import Server
from sandbox.client import Phone, Sandbox
from tests.sandbox.conftest import BotHands

pytestmark = pytest.mark.browser
KEYS = {"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]}


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; patient, for a machine that is busy with something else."""
    expect.set_options(timeout=15_000)
    await arguments.table()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, server: Server) -> AsyncIterator[Page]:
    """A page of a French phone's size; any error in its scripts fails the test."""
    context = await browser.new_context(
        base_url=server.url, locale="fr-FR", viewport={"width": 390, "height": 844}
    )
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda note: errors.append(note.text) if note.type == "error" else None)
    yield page
    await context.close()
    assert errors == []


@pytest.fixture
async def chat(page: Page, amina: Phone) -> Page:
    """Amina's chat with the bot."""
    await page.goto(f"/chat/{amina.id}/douceur_bot")
    return page


async def test_a_deep_link_lets_somebody_new_press_start(page: Page, bot: BotHands) -> None:
    await page.goto("/t.me/douceur_bot?start=abc")
    await page.get_by_label("Prénom").fill("Chloé")
    await page.get_by_role("button", name="Ouvrir la discussion").click()
    await page.get_by_role("button", name="Démarrer").click()
    await expect(page.get_by_test_id("own-message")).to_contain_text("/start abc")
    message = (await bot.take())[0]["message"]
    assert (message["text"], message["from"]["first_name"]) == ("/start abc", "Chloé")


async def test_a_link_of_no_bot_says_so(page: Page, server: Server) -> None:
    async with Sandbox(server.url):
        response = await page.request.get("/t.me/nobody")
    assert response.status == 404
    assert "n&#39;est celui d" in await response.text()


async def test_writing_and_answers_appear_without_reloading(
    chat: Page, bot: BotHands, amina: Phone
) -> None:
    await chat.get_by_label("Message", exact=True).fill("Bonjour <b>&")
    await chat.get_by_role("button", name="Envoyer").click()
    await expect(chat.get_by_test_id("own-message").last).to_contain_text("Bonjour <b>&")
    await bot.call("sendMessage", chat_id=amina.id, text="<b>Reçu</b>", parse_mode="HTML")
    await expect(chat.get_by_test_id("bot-message").locator("strong")).to_have_text("Reçu")


async def test_an_inline_button_waits_for_its_answer(
    chat: Page, bot: BotHands, amina: Phone
) -> None:
    await bot.call("sendMessage", chat_id=amina.id, text="Oui ?", reply_markup=KEYS)
    button = chat.get_by_role("button", name="Oui")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = (await bot.take())[-1]["callback_query"]
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="C'est noté")
    await expect(chat.get_by_text("C'est noté")).to_be_visible()
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await chat.get_by_role("button", name="Oui").click()
    query = (await bot.take())[-1]["callback_query"]
    alert = {"callback_query_id": query["id"], "text": "Attention", "show_alert": True}
    await bot.call("answerCallbackQuery", **alert)
    await chat.get_by_role("dialog").get_by_role("button", name="OK").click()
    await expect(chat.get_by_role("dialog")).to_be_hidden()


async def test_the_keyboard_below_shares_the_contact(
    chat: Page, bot: BotHands, amina: Phone
) -> None:
    keyboard = {
        "keyboard": [[{"text": "📱 Partager", "request_contact": True}]],
        "one_time_keyboard": True,
    }
    await bot.call("sendMessage", chat_id=amina.id, text="Numéro ?", reply_markup=keyboard)
    await chat.get_by_role("button", name="📱 Partager").click()
    await expect(chat.get_by_test_id("own-message").last).to_contain_text(amina.phone_number)
    await expect(chat.get_by_role("button", name="📱 Partager")).to_be_hidden()


async def test_files_are_chosen_then_sent_with_a_caption(
    chat: Page, bot: BotHands, picture: Path
) -> None:
    await bot.take()
    await chat.get_by_test_id("photo-input").set_input_files([picture, picture])
    await chat.get_by_test_id("message-input").fill("Recto verso")
    await chat.get_by_role("button", name="Envoyer").click()
    await expect(chat.get_by_role("img", name="Photo")).to_have_count(2)
    await chat.get_by_test_id("file-input").set_input_files(picture)
    await chat.get_by_role("button", name="Envoyer").click()
    await expect(chat.get_by_role("link", name="picture.png")).to_be_visible()
    first, second, third = [update["message"] for update in await bot.take()]
    assert first["caption"] == "Recto verso"
    assert first["media_group_id"] == second["media_group_id"]
    assert third["document"]["file_name"] == "picture.png"


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("Mon contact", "contact"),
        ("Message vocal", "voice"),
        ("Sticker", "sticker"),
        ("Position", "location"),
        ("Sondage", "poll"),
    ],
)
async def test_other_things_are_attached_from_the_menu(
    chat: Page, bot: BotHands, entry: str, kind: str
) -> None:
    await bot.take()
    await chat.get_by_label("Joindre").click()
    await chat.get_by_role("button", name=entry).click()
    await expect(chat.get_by_test_id("own-message")).to_have_count(2)
    assert kind in (await bot.take())[0]["message"]


async def test_own_messages_are_edited_and_deleted(
    chat: Page, bot: BotHands, amina: Phone
) -> None:
    await amina.send("Bonjur")
    message = chat.get_by_test_id("own-message").last
    await expect(message).to_contain_text("Bonjur")
    await message.get_by_label("Options de ce message").click()
    await message.get_by_role("button", name="Modifier").click()
    await chat.get_by_test_id("message-input").fill("Bonjour")
    await chat.get_by_test_id("message-input").press("Enter")
    await expect(message).to_contain_text("modifié")
    assert (await bot.take())[-1]["edited_message"]["text"] == "Bonjour"
    await message.get_by_label("Options de ce message").click()
    await message.get_by_role("button", name="Supprimer").click()
    await expect(chat.get_by_test_id("own-message")).to_have_count(1)


async def test_the_bot_is_blocked_and_unblocked(chat: Page, bot: BotHands) -> None:
    await chat.get_by_label("Plus").click()
    await chat.get_by_role("button", name="Bloquer le bot").click()
    await expect(chat.get_by_text("Vous avez bloqué ce bot.")).to_be_visible()
    await expect(chat.get_by_test_id("message-input")).to_be_hidden()
    await chat.locator("footer").get_by_role("button", name="Débloquer le bot").click()
    await expect(chat.get_by_test_id("message-input")).to_be_visible()
    states = [u["my_chat_member"]["new_chat_member"]["status"] for u in (await bot.take())[-2:]]
    assert states == ["kicked", "member"]


async def test_the_app_changes_its_language(chat: Page, bot: BotHands, amina: Phone) -> None:
    await chat.get_by_label("Plus").click()
    async with chat.expect_navigation():
        await chat.get_by_label("Langue de l'application").select_option("en")
    await amina.send("hi")
    assert (await bot.take())[-1]["message"]["from"]["language_code"] == "en"


async def test_typing_pins_and_commands_show(chat: Page, bot: BotHands, amina: Phone) -> None:
    commands = [{"command": "aide", "description": "De l'aide"}]
    await bot.call("setMyCommands", commands=commands, language_code="fr")
    sent = await bot.call("sendMessage", chat_id=amina.id, text="Votre dossier")
    await bot.call("pinChatMessage", chat_id=amina.id, message_id=sent["message_id"])
    await bot.call("sendChatAction", chat_id=amina.id, action="typing")
    await expect(chat.get_by_text("écrit…")).to_be_visible()
    await expect(chat.get_by_role("link", name=re.compile("Message épinglé"))).to_be_visible()
    await chat.reload()
    await chat.get_by_label("Menu").click()
    await chat.get_by_role("button", name="/aide").click()
    await expect(chat.get_by_test_id("own-message").last).to_contain_text("/aide")


async def test_two_windows_are_two_people(
    chat: Page, bot: BotHands, sandbox: Sandbox, amina: Phone
) -> None:
    bruno = await sandbox.phone("Bruno")
    await bruno.open("douceur_bot")
    second = await chat.context.new_page()
    await second.goto(f"/chat/{bruno.id}/douceur_bot")
    await bot.call("sendMessage", chat_id=bruno.id, text="Pour Bruno")
    await expect(second.get_by_test_id("bot-message")).to_have_text(re.compile("Pour Bruno"))
    await expect(chat.get_by_test_id("bot-message")).to_have_count(0)


@pytest.mark.parametrize("text", ['<img src=x onerror="document.title=1">', "</div><script>1"])
async def test_what_people_and_bots_write_is_never_run(
    chat: Page, bot: BotHands, amina: Phone, picture: Path, text: str
) -> None:
    await amina.change(last_name=text)
    await amina.send(text)
    await amina.send_document(picture, name=text.replace("/", "") + ".svg")
    await bot.call(
        "sendMessage",
        chat_id=amina.id,
        text=text,
        reply_markup={"inline_keyboard": [[{"text": text, "callback_data": "x"}]]},
    )
    await chat.reload()
    await expect(chat.get_by_role("button", name=text)).to_be_visible()
    assert await chat.title() == "Amina · Douceur"
    assert await chat.locator(".messages img, .messages script").count() == 0


async def test_an_svg_file_is_only_ever_downloaded(
    page: Page, bot: BotHands, amina: Phone, tmp_path: Path
) -> None:
    path = tmp_path / "a.svg"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    await amina.send_document(path)
    file_id = (await bot.take())[-1]["message"]["document"]["file_id"]
    response = await page.request.get(f"/sandbox/files/{file_id}")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == "attachment"
    assert "sandbox" in response.headers["content-security-policy"]
