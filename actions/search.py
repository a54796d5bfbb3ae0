"""The search index: kept in step by whoever changes a name, an address or a number."""

from models.tables import Answer, Candidate, Field, SearchWord
from rules.searching import words_of


async def index(candidate: Candidate) -> None:
    """Write the words that find this candidate, in the open transaction of the deed."""
    wanted = words_of(
        (candidate.first_name, candidate.last_name), candidate.email, await _numbers(candidate)
    )
    rows = await SearchWord.filter(candidate_id=candidate.id)
    known = {row.word: row.id for row in rows}
    gone = [known[word] for word in known.keys() - wanted]
    if gone:
        await SearchWord.filter(id__in=gone).delete()
    await SearchWord.bulk_create(
        SearchWord(provider_id=candidate.provider_id, word=word, candidate_id=candidate.id)
        for word in sorted(wanted - known.keys())
    )


async def _numbers(candidate: Candidate) -> list[str]:
    asked = Field.filter(provider_id=candidate.provider_id, kind__in=["phone", "siret"])
    keys = [key for (key,) in await asked.values_list("key")]
    given = await Answer.filter(candidate_id=candidate.id, key__in=keys)
    return [row.value for row in given if isinstance(row.value, str)]
