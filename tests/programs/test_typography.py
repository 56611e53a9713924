"""What staff type in French comes out as French is printed, and nothing else of it moves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import loading
from programs.typography import french, french_html

_SPACES = re.compile("[ \u00a0\u202f\u2009]")
TEXTS = st.text(alphabet="aéZ1 \u00a0\u202f\u2009\n'’;:!?%€«»“(.-/<>&", max_size=40)
HTML = st.lists(
    st.one_of(
        TEXTS.map(lambda text: re.sub("[<>&]", "", text)),
        st.sampled_from(
            [
                *("<p>", "</p>", "<strong>", "</strong>", "<em>", "</em>", "<br>", "&amp;", "&nbsp;", "&lt;"),
                *(
                    '<a href="https://x.org/?a=1;b">',
                    "</a>",
                    "https://x.org/?q=l'eau;!",
                    "<code>a ? b;</code>",
                ),
            ]
        ),
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi donner?", "Pourquoi donner\u202f?"),
        ("Merci !", "Merci\u202f!"),
        ("D'abord ; ensuite", "D’abord\u202f; ensuite"),
        ("Quoi ?!", "Quoi\u202f?!"),
        ("(oui!) [non ?]", "(oui\u202f!) [non\u202f?]"),
        ("Note: ceci", "Note\u00a0: ceci"),
        ("Note\u202f: ceci", "Note\u00a0: ceci"),
        ("Adresse :", "Adresse\u00a0:"),
        ("«Chercher» et « trouver »", "«\u202fChercher\u202f» et «\u202ftrouver\u202f»"),
        ("«\u00a0Chercher\u00a0»", "«\u202fChercher\u202f»"),
        ("« Qui ? » dit-il", "«\u202fQui\u202f?\u202f» dit-il"),
        ("20% des dons, 50 €", "20\u00a0% des dons, 50\u00a0€"),
        ("l'hématologie, aujourd'hui", "l’hématologie, aujourd’hui"),
    ],
)
def test_french_gets_its_spaces_and_apostrophes(typed: str, printed: str) -> None:
    assert french(typed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "https://www.example.org/page?un=1;deux=l'eau!",
        "www.example.org/?a",
        "mailto:dons@example.org?subject=Don",
        "à 12:30, au rapport 1:2",
        "page?x=1&y=2",
        "a != b",
        "!important",
        "(?)",
        "5' 30\" de 'silence'",
        "100%25",
        "Le mot «",
    ],
)
def test_what_is_no_french_punctuation_stays(text: str) -> None:
    assert french(text) == text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("<p><strong>Attention</strong> !</p>", "<p><strong>Attention</strong>\u202f!</p>"),
        ("<p><strong>Attention </strong>!</p>", "<p><strong>Attention</strong>\u202f!</p>"),
        ("<p>Un don&nbsp;: 20 %</p>", "<p>Un don&nbsp;: 20&nbsp;%</p>"),
        ("<p>« <em>Chercher</em> »</p>", "<p>«\u202f<em>Chercher</em>\u202f»</p>"),
        ("<p>Oui<br>! Non</p>", "<p>Oui<br>! Non</p>"),
        ("<p>R&amp;D ; A&lt;B</p>", "<p>R&amp;D\u202f; A&lt;B</p>"),
        (
            """<p><a href="https://x.org/?a=1;b='c'" title="Quoi ?">l'eau</a>?</p>""",
            """<p><a href="https://x.org/?a=1;b='c'" title="Quoi ?">l’eau</a>\u202f?</p>""",
        ),
        ("<p>Tapez <code>a ? b : c;</code> !</p>", "<p>Tapez <code>a ? b : c;</code>\u202f!</p>"),
    ],
)
def test_rich_text_is_set_around_its_tags(typed: str, printed: str) -> None:
    assert french_html(typed) == printed


@given(TEXTS)
def test_setting_twice_is_setting_once(text: str) -> None:
    assert french(french(text)) == french(text)


@given(HTML)
def test_setting_rich_text_twice_is_setting_it_once(html: str) -> None:
    assert french_html(french_html(html)) == french_html(html)


@given(TEXTS)
def test_only_spaces_and_apostrophes_move(text: str) -> None:
    def bare(words: str) -> str:
        return _SPACES.sub("", words).replace("'", "’")

    assert bare(french(text)) == bare(text)


@given(HTML)
def test_tags_and_addresses_stay_to_the_character(html: str) -> None:
    kept = re.compile(r"</?[a-z]+[^<>]*>|<code>.*?</code>|&(?:amp|lt);", re.DOTALL)

    assert kept.findall(french_html(html)) == kept.findall(html)


def test_the_words_the_site_starts_with_are_set_already() -> None:
    files = loading.FOLDER.glob("*.toml")
    french_words = [
        words
        for file in files
        for words in re.findall(r'\bfr = (?:"""(.*?)"""|"(.*?)")', file.read_text(), re.DOTALL)
    ]

    assert len(french_words) > 40
    for block, line in french_words:
        assert french_html(block).replace("&nbsp;", "\u00a0") == block
        assert french(line) == line
