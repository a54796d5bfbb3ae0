"""The search index: normalised words of candidates, the same on both databases."""

from tortoise import fields
from tortoise.models import Model


class SearchWord(Model):
    """One word that finds one candidate, prefixes are found by range."""

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=16)
    word = fields.CharField(max_length=80)
    candidate_id = fields.CharField(max_length=16, db_index=True)

    class Meta:
        table = "search_word"
        unique_together = (("provider_id", "word", "candidate_id"),)
