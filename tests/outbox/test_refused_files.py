"""A file that the check refuses is told to the person who sent it, with what to do."""

from __future__ import annotations

from jobs.messenger import Messenger
from models.tables import Notice
from rules.letters import Sites
from tests import specimens
from tests.files.conftest import Post, amina, house, keyring, post, store, telegram

__all__ = ["amina", "house", "keyring", "post", "store", "telegram"]


async def test_a_refused_file_comes_back_with_its_name_the_reason_and_a_button(
    post: Post,
) -> None:
    await post.sends(specimens.cut(specimens.jpeg(post.folder)))
    await post.check()
    workshop = post.workshop
    way = Messenger(workshop.sender, Sites("https://a.example"), workshop.clock, "w1")
    await way.drain()
    (notice,) = await Notice.filter(kind="file_refused")
    assert notice.state == "accepted"
    (said,) = [one for one in await post.phone.messages() if "abîmé" in one.text]
    assert notice.facts["file"] in said.text
    assert said.labels == ["📷 Renvoyer"]
