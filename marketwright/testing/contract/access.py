"""The sentences about connecting: the form, what a failed test says, and what to do about it."""

from __future__ import annotations

import re
from unittest import SkipTest

from core.connections_form import form, shown
from marketwright import Account, MarketwrightError, NeedsAttention
from marketwright.testing.connections import open_connection
from marketwright.testing.contract.opening import Opening
from marketwright.testing.troubles import Trouble, UnknownHere

FEWEST_WORDS = 8
"""A sentence with fewer words does not say what is wrong and what to do."""
_SOUNDS_SECRET = re.compile(r"(^|_)(secret|token|password|passphrase|private_key)s?$")


class AccessContract(Opening):
    """A channel explains its form, keeps its secrets, and tells one kind of refusal from another."""

    def test_every_setting_is_explained(self) -> None:
        """Each field has a title and a sentence; a secret that people have to find says where, by its link."""
        fields = form(self.channel)

        assert fields, "a connection without settings connects to nothing"
        assert [it.name for it in fields if not it.description.strip()] == [], "fields without help"
        unlinked = [it.name for it in fields if it.secret and not (it.generated or it.advanced or it.link)]
        assert unlinked == [], "secrets of which nobody says where they are found (link)"

    def test_what_sounds_secret_is_secret(self) -> None:
        """A text field named secret, token or password is sealed and never shown."""
        open_ones = [
            it.name
            for it in form(self.channel)
            if it.kind == "text" and _SOUNDS_SECRET.search(it.name) and not it.secret
        ]

        assert open_ones == [], "mark these with extra_json_schema={'secret': True}"

    async def test_secrets_are_write_only(self) -> None:
        """What the form shows of stored settings says which secrets are set, and none of them."""
        twin = self.make_twin()
        async with twin.running():
            given = shown(self.channel, twin.settings())
            secrets = self.secrets(twin)

        assert secrets, "mark the secrets of the settings with extra_json_schema={'secret': True}"
        assert not any(secret in str(given) for secret in secrets), "the form shows a secret"

    async def test_refusals_of_access_are_told_apart(self) -> None:
        """Each trouble of access has a code of its own, and a sentence that says what is wrong and what to do."""
        codes: dict[str, Trouble] = {}
        for trouble in sorted(self.diagnoses):
            said = await self._diagnosis(trouble)
            if isinstance(said, Account):
                assert said.missing_rights, f"the test passed although the twin suffers {trouble}"
                continue
            assert isinstance(said, NeedsAttention), f"{trouble} must raise NeedsAttention, not {type(said).__name__}"
            assert said.code != NeedsAttention.code, f"{trouble} needs a code that names the diagnosis"
            assert len(said.message.split()) >= FEWEST_WORDS, f"{trouble}: what is to be done? {said.message!r}"
            assert said.code not in codes, f"{trouble} and {codes[said.code]} have one code: {said.code}"
            codes[said.code] = trouble

    async def test_a_missing_right_is_named(self) -> None:
        """A key that may not do everything still names its account, and the rights that it lacks."""
        if Trouble.MISSING_RIGHT not in self.diagnoses:
            raise SkipTest("this platform's keys have no rights of their own")
        said = await self._diagnosis(Trouble.MISSING_RIGHT)
        missing = said.missing_rights if isinstance(said, Account) else getattr(said, "missing", ())

        assert missing, "which right is missing?"
        assert all(right.strip() for right in missing)

    async def _diagnosis(self, trouble: Trouble) -> Account | MarketwrightError:
        """Return what the credential test says of a twin in trouble."""
        twin = self.make_twin()
        async with twin.running(), open_connection(self.channel, twin.settings()) as connection:
            try:
                await twin.suffer(trouble)
            except UnknownHere as error:
                raise SkipTest(str(error)) from error
            try:
                return await self.channel.test_credentials(connection)
            except MarketwrightError as error:
                return error
