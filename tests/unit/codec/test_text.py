import pytest

from idwallet import limits
from idwallet.codec.text import TextWarning, show, warnings
from idwallet.errors import UsageError


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Edeka Süd GmbH",
        "Прачечная «Ромашка»",
        "ΑΒΓ Τράπεζα",
        "国民身分証 A-7",
        "given_name",
        "дата_рождения",
        "/address/street_address",
        "urn:eudi:pid:1",
        "https://issuer.example/a?b=1#c",
        "info@shop.example",
        "می\u200cخواهم",
        "क्\u200dष",
        "e\u0301",
        "18+ (50 %)",
        "a~b",
    ],
)
def test_honest_text_stays_as_it_is_and_warns_of_nothing(text: str) -> None:
    assert show(text) == text
    assert warnings(text) == ()


@pytest.mark.parametrize(
    ("text", "shown", "warning"),
    [
        ("a\x1b[31mb", "a‹U+001B›［31mb", TextWarning.CONTROL),
        ("a\x9b31mb", "a‹U+009B›31mb", TextWarning.CONTROL),
        ("Shop\r\nTrusted", "Shop‹U+000D›‹U+000A›Trusted", TextWarning.CONTROL),
        ("a\tb", "a‹U+0009›b", TextWarning.CONTROL),
        ("a\x00b", "a‹U+0000›b", TextWarning.CONTROL),
        ("a\x7fb", "a‹U+007F›b", TextWarning.CONTROL),
        ("a\u2028b\u2029", "a‹U+2028›b‹U+2029›", TextWarning.CONTROL),
        ("a\ud800b", "a‹U+D800›b", TextWarning.CONTROL),
        ("a\u202eb", "a‹U+202E›b", TextWarning.BIDI),
        ("a\u2066b\u2069", "a‹U+2066›b‹U+2069›", TextWarning.BIDI),
        ("a\u200fb", "a‹U+200F›b", TextWarning.BIDI),
        ("a\u061cb", "a‹U+061C›b", TextWarning.BIDI),
        ("a\u200bb", "a‹U+200B›b", TextWarning.INVISIBLE),
        ("a\ufeffb", "a‹U+FEFF›b", TextWarning.INVISIBLE),
        ("a\xadb", "a‹U+00AD›b", TextWarning.INVISIBLE),
        ("a\u200cb", "a‹U+200C›b", TextWarning.INVISIBLE),
        ("a\u200db", "a‹U+200D›b", TextWarning.INVISIBLE),
        ("م\u200dخ", "م‹U+200D›خ", TextWarning.INVISIBLE),
        ("م\u200c", "م‹U+200C›", TextWarning.INVISIBLE),
        ("م\u200cx", "م‹U+200C›x", TextWarning.INVISIBLE),
        ("\u200cم", "‹U+200C›م", TextWarning.INVISIBLE),
        ("a\u3164b", "a‹U+3164›b", TextWarning.INVISIBLE),
        ("a\u034fb", "a‹U+034F›b", TextWarning.INVISIBLE),
        ("a\ufe0fb", "a‹U+FE0F›b", TextWarning.INVISIBLE),
        ("a\U000e0041b", "a‹U+E0041›b", TextWarning.INVISIBLE),
        ("a\U000e0100b", "a‹U+E0100›b", TextWarning.INVISIBLE),
        ("a\ue000b", "a‹U+E000›b", TextWarning.INVISIBLE),
        ("a\uffffb", "a‹U+FFFF›b", TextWarning.INVISIBLE),
        ("\u0301a", "‹U+0301›a", TextWarning.INVISIBLE),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 4 + "‹U+0301›", TextWarning.INVISIBLE),
        ("<b>x</b>", "＜b＞x＜/b＞", TextWarning.MARKUP),
        ("<img src=x>", "＜img src=x＞", TextWarning.MARKUP),
        ("a&lt;b", "a＆lt;b", TextWarning.MARKUP),
        ("[ok](//x)", "［ok］(//x)", TextWarning.MARKUP),
        ("[red]x", "［red］x", TextWarning.MARKUP),
        ("`x`", "｀x｀", TextWarning.MARKUP),
        ("**x**", "＊＊x＊＊", TextWarning.MARKUP),
        ("~~x~~", "～～x～～", TextWarning.MARKUP),
        ("||x||", "｜｜x｜｜", TextWarning.MARKUP),
        ("__x__", "＿＿x＿＿", TextWarning.MARKUP),
    ],
)
def test_what_a_surface_would_act_on_is_made_visible_and_named(
    text: str, shown: str, warning: TextWarning
) -> None:
    assert show(text) == shown
    assert warnings(text) == (warning,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("O'Brien & Sons", "O’Brien ＆ Sons"),
        ('ООО "Ромашка"', "ООО ”Ромашка”"),
        ("a\\b", "a＼b"),
        ("@everyone", "＠everyone"),
        ("hi @all", "hi ＠all"),
        ("_sd", "＿sd"),
        ("a_ b", "a＿ b"),
        ("a\u3000b\xa0\xa0c", "a b c"),
        ("a    b", "a b"),
    ],
)
def test_what_is_honest_but_not_safe_everywhere_is_shown_by_its_twin(
    text: str, shown: str
) -> None:
    assert show(text) == shown
    assert warnings(text) == ()


@pytest.mark.parametrize(
    ("honest", "forged"),
    [
        ("PayPal", "Рay\u0420al"),
        ("apple", "\u0430pple"),
        ("Ромашка", "P\u043eмашка"),
        ("www.apple.com", "www.\u0430\u0440\u0440\u04cf\u0435.com"),
        ("a@bank.example", "a@\u0432\u0430nk.example"),
        ("Bank", "B\u03b1nk"),
        ("Bank", "\U0001d401\U0001d41a\U0001d427\U0001d424"),
        ("Bank", "\uff22ank"),
        ("Pe\u0301ak", "Pe\u0301\u0430k"),
        ("P4ypal", "P4yp\u0430l"),
    ],
)
def test_a_word_from_scripts_that_look_alike_is_named(honest: str, forged: str) -> None:
    assert warnings(honest) == ()
    assert warnings(forged) == (TextWarning.MIXED_SCRIPT,)
    assert show(forged) == forged


@pytest.mark.parametrize(
    "text", ["SMS-код", "IKEA Россия", "日本Bank", "Müller & Söhne", "ГОСТ 34.10-2012"]
)
def test_scripts_side_by_side_are_no_deceit(text: str) -> None:
    assert TextWarning.MIXED_SCRIPT not in warnings(text)


def test_text_is_cut_at_the_limit_and_says_so() -> None:
    assert show("abcde", limit=5) == "abcde"
    assert show("abcdef", limit=5) == "abcd…"
    assert show("abcd\x00", limit=5) == "abcd…"
    assert show("ab\x00", limit=10) == "ab‹U+0000›"
    assert show("ab cdef", limit=4) == "ab…"
    assert show("ab_cdef", limit=4) == "ab…"
    assert show("م\u200cخخ", limit=3) == "م…"
    assert show(" " * 10 + "a", limit=5) == "…"
    assert show("ab", limit=1) == "…"


def test_a_long_text_is_cut_by_default_and_named() -> None:
    longest = "a" * limits.TEXT_CHARACTERS
    assert show(longest) == longest
    assert warnings(longest) == ()
    assert show(longest + "a") == longest[:-1] + "…"
    assert warnings(longest + "a") == (TextWarning.TOO_LONG,)


def test_only_as_much_is_looked_at_as_is_shown() -> None:
    assert show("\x00" * 10_000_000, limit=8) == "‹U+0000…"


def test_a_limit_is_positive() -> None:
    with pytest.raises(UsageError):
        show("a", limit=0)


def test_warnings_come_in_their_order_each_once() -> None:
    assert warnings("<b>\x00\x00\u202e\u200b\u0430a") == (
        TextWarning.CONTROL,
        TextWarning.BIDI,
        TextWarning.INVISIBLE,
        TextWarning.MIXED_SCRIPT,
        TextWarning.MARKUP,
    )
