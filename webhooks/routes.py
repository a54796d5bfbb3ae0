"""Every address of the product, and who answers there."""

from aiohttp import web
from aiohttp.web import get, post

from webhooks import (
    account,
    account_codes,
    candidate_list,
    deadlines,
    health,
    home,
    invited,
    join,
    mailbox,
    mailed,
    metrics,
    news,
    preferences,
    resetting,
    settings_bot,
    settings_clock,
    settings_company,
    settings_health,
    settings_join,
    settings_journal,
    settings_links,
    settings_logo,
    settings_mails,
    settings_people,
    settings_recruitment,
    settings_sender,
    sign_in,
    statements,
    static_files,
    telegram,
    unsubscribing,
)
from webhooks.candidate import (
    admission,
    deciding,
    export,
    judging,
    letters,
    presence,
    preview,
    showing,
    talking,
)
from webhooks.candidate import files as candidate_files
from webhooks.dossier import adding, editing, example, listing, publishing

ID = "[0-9a-z]{1,16}"
KEY = "[0-9A-Za-z_-]{1,60}"
"""What may stand in an address; the database is never asked for anything else."""


def routes() -> list[web.RouteDef]:
    """The whole table, by part."""
    return [
        *machines(),
        *entrance(),
        *panel(),
        *candidate(),
        *settings_pages(),
        *dossier(),
        *public_pages(),
        *files(),
    ]


def machines() -> list[web.RouteDef]:
    """Called by machines."""
    return [
        post("/telegram/{bot}", telegram.receive),
        get("/healthz", health.healthz),
        get("/readyz", health.readyz),
        get("/metrics", metrics.metrics),
    ]


def entrance() -> list[web.RouteDef]:
    """Signing in and out, and one's own preferences."""
    return [
        get("/login", sign_in.form),
        post("/login", sign_in.sign_in),
        get("/login/code", sign_in.code_form),
        post("/login/code", sign_in.enter_code),
        get("/forgotten", resetting.form),
        post("/forgotten", resetting.ask),
        get("/reset/{token}", resetting.choose),
        post("/reset/{token}", resetting.reset),
        get("/invited/{token}", invited.form),
        post("/invited/{token}", invited.accept),
        get("/invited", invited.asked),
        post("/invited/{token}/again", invited.again),
        post("/logout", sign_in.sign_out),
        post("/preferences", preferences.change),
        post("/provider", preferences.show_provider),
        get("/account", account.form),
        post("/account", account.change),
        post("/account/digest", account.choose),
        post("/account/sessions", account.end_sessions),
        post(f"/account/sessions/{{session:{ID}}}", account.end_session),
        get("/account/codes", account_codes.form),
        post("/account/codes", account_codes.turn_on),
        post("/account/codes/recovery", account_codes.renew),
        post("/account/codes/off", account_codes.turn_off),
    ]


def panel() -> list[web.RouteDef]:
    """The operators' daily pages."""
    return [
        get("/", home.home),
        get("/news", news.news),
        get("/candidates", candidate_list.listed),
        get("/deadlines", deadlines.listed),
    ]


def candidate() -> list[web.RouteDef]:
    """One candidate: the page with its tabs, the operators' deeds, the files."""
    own = f"/candidates/{{candidate:{ID}}}"
    document = own + f"/documents/{{key:{KEY}}}"
    return [
        get(own, showing.candidate),
        post(own + "/decision", deciding.decide),
        post(own + f"/decision/{{decision:{ID}}}", deciding.settle),
        post(own + "/history.csv", export.journal_file),
        get(own + "/pulse", presence.pulse),
        get(own + "/preview", preview.nothing_chosen),
        post(own + "/preview", preview.preview),
        post(own + "/restore", deciding.restore),
        post(own + "/erase", deciding.erase),
        post(own + "/end", admission.end),
        post(own + "/resume", admission.resume),
        post(own + "/keep", deciding.keep),
        post(own + "/exempt", deciding.exempt_status),
        post(own + "/messages", talking.reply),
        post(own + "/answered", talking.answered),
        post(own + f"/mails/{{notice:{ID}}}", letters.settle),
        post(document + "/validate", judging.validate),
        post(document + "/reject", judging.reject),
        post(document + "/withdraw", judging.withdraw),
        post(document + "/expiry", judging.expiry),
        post(document + "/comments", judging.add_comment),
        post(document + f"/comments/{{comment:{ID}}}", judging.edit_comment),
        get(own + f"/pages/{{page:{ID}}}", candidate_files.page_image),
        get(own + f"/files/{{upload:{ID}}}", candidate_files.cleaned_file),
    ]


def settings_pages() -> list[web.RouteDef]:
    """Paramètre & Services."""
    return [
        get("/settings", settings_join.menu),
        get("/settings/recruitment", settings_recruitment.form),
        post("/settings/recruitment", settings_recruitment.save),
        post("/settings/recruitment/newcomers", settings_recruitment.validate_all),
        post("/settings/recruitment/exempt", settings_recruitment.exempt_everybody),
        get("/settings/company", settings_company.form),
        post("/settings/company", settings_company.save),
        post("/settings/company/logo", settings_logo.replace),
        post("/settings/company/logo/remove", settings_logo.remove),
        get("/settings/links", settings_links.form),
        post("/settings/links", settings_links.save),
        get("/settings/bot", settings_bot.form),
        post("/settings/bot", settings_bot.connect),
        get(f"/settings/bot/{{bot:{ID}}}/back", settings_bot.ask_take_back),
        post(f"/settings/bot/{{bot:{ID}}}/back", settings_bot.give_back),
        get("/settings/ecommerce", settings_join.ecommerce),
        get("/settings/ecommerce/join", settings_join.join),
        get("/settings/ecommerce/join/poster.pdf", settings_join.poster),
        post("/settings/ecommerce/join/tags", settings_join.add_source),
        post(f"/settings/ecommerce/join/tags/{{tag:{KEY}}}", settings_join.remove_source),
        get("/settings/ecommerce/join/renew", settings_join.ask_renew),
        post("/settings/ecommerce/join/renew", settings_join.renew),
        get("/settings/operators", settings_people.operators),
        post("/settings/operators", settings_people.invite),
        post(f"/settings/operators/{{operator:{ID}}}", settings_people.change),
        get(f"/settings/operators/{{operator:{ID}}}/remove", settings_people.ask_remove),
        post(f"/settings/operators/{{operator:{ID}}}/remove", settings_people.remove),
        post(f"/settings/invitations/{{invitation:{ID}}}", settings_people.change_invitation),
        get("/settings/journal", settings_journal.journal),
        post("/settings/journal/export", settings_journal.export),
        *mails(),
        get("/settings/health", settings_health.shown),
        post("/settings/health/messages", settings_health.all_again),
        post(f"/settings/health/messages/{{notice:{ID}}}", settings_health.settle),
        get("/settings/deletion", settings_clock.waiting),
        post("/settings/deletion", settings_clock.agree),
    ]


def mails() -> list[web.RouteDef]:
    """Paramètre & Services → Mails."""
    own = "/settings/mails/{mail:[a-z_]{1,40}}/{language:fr|en}"
    return [
        get("/settings/mails", settings_mails.listed),
        get("/settings/mails/sender", settings_sender.form),
        post("/settings/mails/sender", settings_sender.save),
        get(own, settings_mails.editor),
        post(own, settings_mails.save),
        post(own + "/original", settings_mails.original_again),
        post(own + "/sample", settings_mails.send_sample),
        get(own + "/preview", settings_mails.saved_preview),
        post(own + "/preview", settings_mails.typed_preview),
    ]


def dossier() -> list[web.RouteDef]:
    """The provider's own rules: what is asked of candidates."""
    home = "/settings/recruitment/dossier"
    item = home + f"/items/{{key:{KEY}}}"
    return [
        get(home, listing.listed),
        post(home + "/move", listing.move),
        post(home + "/archive", listing.archive),
        post(home + "/restore", listing.restore),
        post(home + "/discard", listing.discard),
        get(home + "/add", adding.catalogue),
        post(home + "/add", adding.add),
        post(home + "/activities", adding.declare),
        get(home + "/new", editing.new),
        post(home + "/new", editing.create),
        get(item, editing.form),
        post(item, editing.save),
        get(item + "/example", example.shown),
        post(item + "/example", example.save),
        post(home + "/preview", editing.preview),
        get(home + "/publish", publishing.look),
        post(home + "/publish", publishing.publish),
        post(home + "/ask", publishing.ask),
    ]


def public_pages() -> list[web.RouteDef]:
    """Pages for candidates: they come from a link."""
    return [
        get(f"/join/{{slug:{KEY}}}", join.landing),
        get(f"/join/{{slug:{KEY}}}/qr.svg", join.qr_svg),
        get(f"/join/{{slug:{KEY}}}/qr.png", join.qr_png),
        get(f"/join/{{slug:{KEY}}}/privacy", statements.privacy),
        get(f"/join/{{slug:{KEY}}}/accessibility", statements.accessibility),
        get("/accessibility", statements.accessibility_of_panel),
        get(f"/logo/{{slug:{KEY}}}/{{digest:[0-9a-f]{{16}}}}.png", settings_logo.shown),
        get("/activate/{token}", mailed.activation),
        post("/activate/{token}", mailed.activate),
        post("/activate/{token}/again", mailed.activation_again),
        get("/confirm/{token}", mailed.confirmation),
        post("/confirm/{token}", mailed.confirm),
        post("/confirm/{token}/again", mailed.confirmation_again),
        get("/keep/{token}", mailed.keeping),
        post("/keep/{token}", mailed.keep),
        post("/keep/{token}/again", mailed.keeping_again),
        get("/unsubscribe/{token}", unsubscribing.form),
        post("/unsubscribe/{token}", unsubscribing.end),
        get("/mailbox", mailbox.listed),
        get("/mailbox/{name}", mailbox.shown),
        get("/mailbox/{name}/html", mailbox.framed),
    ]


def files() -> list[web.RouteDef]:
    """Style sheets, script and icons."""
    return [
        get("/static/{digest}/{name:.+}", static_files.static_file),
        get(r"/accent/{colour:[0-9a-f]{6}}.css", static_files.accent),
    ]
