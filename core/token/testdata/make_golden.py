"""Writes golden.json: how the Hugging Face tokenizers library reads and uses
tokenizer.json of this folder, which our own code wrote.

    go test dpolab/core/token -run TestTrainedFile -update   # tokenizer.json
    pip install tokenizers==0.23.3
    python3 make_golden.py                                   # golden.json

golden.json has the file as the library saves it again ("saved") and cases: a
text, the lengths of its pre-tokens in bytes, and its ids. An optional argument
is the number of random texts; the texts are the same on every run.
"""

import json
import pathlib
import random
import sys

import tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

HERE = pathlib.Path(__file__).parent

# Texts aimed at one rule each.
FIXED = [
    "", " ", "  ", "   a", "a  ", "\n", " \n ", "\r\n\r\n", "a\r\n b", "\t\ta", "\u00a0a", "\u00a0\u00a0a",
    "\u3000\u3000x", "\u2028x", "\x85\x85x", "\x1c\x1dx", "\u180ex", "\u200bx", "\ufeffx",
    "a \n  \n  b", "a\n\n\n  b", "!\n\n!", " !\r\n\n x", "!? \n", "  !", " \u00a0!", "\n !",
    "it's it'S IT'S 'S's''s", "'ſ 'ſt", "'re 'RE 'rE 'r 'R", "'ve'VE 'v", "'ll 'LL 'l'l", "'d'D'm'M't'T", "'tis 'twas",
    "'", "''", "'ß", "'ŉ", "’s", "＇s", "'s1", "1's",
    "abc123def", "12345", "½²Ⅷ٣३", "x²", "a1b2", "1 2  3", "_a __a", "a_b", "-a--b", "(a)(b)", "\"a\"", "$a $$a $1",
    "e\u0301te\u0301", "\u0301", " \u0301a", "नमस्ते", "ที่", "👍🏽a", "👩‍👩‍👧", "a\u200db", "\u0000", "\u0000a", "\U0010ffff", "\ufffd",
    "ǅ ʰ ª º ⅷ Ⓐ", "𝐀𝟏", "中文字", "ー々〆",
    "<|endoftext|>", "a<|endoftext|>b <|endoftext|>", "<|endoftext|", "<|im_start|>",
    "the" * 40, "a" * 300, " " * 100, "\n" * 70, "猫" * 50, "ab" * 64,
]

# Ranges of characters that random texts draw from.
RANGES = [
    (0x20, 0x7E), (0x61, 0x7A), (0x20, 0x20), (0x27, 0x27), (0x30, 0x39), (0x09, 0x0D), (0xA0, 0xFF), (0x100, 0x17F),
    (0x300, 0x30F), (0x391, 0x3A1), (0x430, 0x44F), (0x5D0, 0x5EA), (0x627, 0x63A), (0x660, 0x669), (0x905, 0x939),
    (0x93E, 0x94D), (0xE01, 0xE2E), (0x2000, 0x200F), (0x2028, 0x202F), (0x2150, 0x2182), (0x3041, 0x3096),
    (0x4E00, 0x4E50), (0xAC00, 0xAC50), (0xFE00, 0xFE0F), (0x1D400, 0x1D420), (0x1F600, 0x1F64F), (0x3000, 0x3003),
]


def random_text(rng, corpus):
    """Slices of the corpus, mixed with characters and repeated characters."""
    parts = []
    for _ in range(rng.randint(1, 6)):
        if rng.random() < 0.5:
            start = rng.randrange(len(corpus))
            parts.append(corpus[start : start + rng.randint(1, 20)])
        else:
            low, high = rng.choice(RANGES)
            for _ in range(rng.randint(1, 4)):
                parts.append(chr(rng.randint(low, high)) * rng.choice([1, 1, 1, 2, 3]))
    return "".join(parts)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    tok = tokenizers.Tokenizer.from_file(str(HERE / "tokenizer.json"))
    tok.encode_special_tokens = True  # in text they are ordinary characters
    corpus = (HERE / "corpus.txt").read_text(encoding="utf-8")
    rng = random.Random(1)
    cases = []
    for text in FIXED + [random_text(rng, corpus) for _ in range(count)]:
        ids = tok.encode(text).ids
        assert tok.decode(ids, skip_special_tokens=False) == text, text
        words = tok.pre_tokenizer.pre_tokenize_str(text)
        lengths = [len(text[start:end].encode()) for _, (start, end) in words]
        cases.append({"text": text, "words": lengths, "ids": ids})
    golden = {"made_by": "tokenizers " + tokenizers.__version__, "saved": json.loads(tok.to_str()), "cases": cases}
    lines = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('},{"text"', '},\n{"text"')
    (HERE / "golden.json").write_text(lines + "\n", encoding="utf-8")


main()
