"""Writes variants.json: small tokenizers of each pre-tokenizer, trained by the
Hugging Face tokenizers library, and what it makes of texts with them.

    pip install tokenizers==0.23.3
    python3 make_variants.py [texts of each variant]

Each variant has the file as the library writes it, ids of the texts with special
tokens taken for text, and decoded: what it decodes random ids to, where broken
UTF-8 becomes U+FFFD. The texts are the same on every run.
"""

import json
import pathlib
import random
import sys

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers as pre, trainers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

HERE = pathlib.Path(__file__).parent
TEXTS, DECODED = 250, 40  # for each of eight variants

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")

RANGES = [
    (0x20, 0x7E), (0x61, 0x7A), (0x20, 0x20), (0x27, 0x27), (0x30, 0x39), (0x00, 0x1F), (0x09, 0x0D), (0x7F, 0xFF),
    (0x100, 0x17F), (0x300, 0x32F), (0x391, 0x3A1), (0x430, 0x44F), (0x5D0, 0x5EA), (0x627, 0x669), (0x905, 0x94D),
    (0xE01, 0xE2E), (0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2), (0x1E00, 0x1EFF), (0x1F00, 0x1FFE),
    (0x2000, 0x200F), (0x2028, 0x202F), (0x2100, 0x212B), (0x2150, 0x2182), (0x3041, 0x309A), (0x4E00, 0x4E50),
    (0xAC00, 0xAC50), (0xF900, 0xFA0D), (0xFE00, 0xFE0F), (0x1D400, 0x1D420), (0x1F600, 0x1F64F), (0x1F3FB, 0x1F3FF), (0x10FFFD, 0x10FFFF),
]
PIECES = ["<|endoftext|>", "<|im_start|>", "[L]", " [L] ", "[R]", "[R]  ", "[N]", "  ", "   ", "caf\u00e9", "cafe\u0301", "\u212b", "it's", "IT'S", "'ſ", "'re", "12345", "1 2", "\r\n", "\n\n "]


def random_text(rng, corpus):
    parts = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.35:
            start = rng.randrange(len(corpus))
            parts.append(corpus[start : start + rng.randint(1, 10)])
        elif kind < 0.55:
            parts.append(rng.choice(PIECES))
        else:
            low, high = rng.choice(RANGES)
            for _ in range(rng.randint(1, 3)):
                parts.append(chr(rng.randint(low, high)) * rng.choice([1, 1, 1, 2, 3]))
    return "".join(parts)


def byte_level(prefix=False, regex=True):
    return pre.ByteLevel(add_prefix_space=prefix, use_regex=regex)


def split(pattern):
    return pre.Split(Regex(pattern), "isolated")


ADDED = [
    AddedToken("[L]", lstrip=True, normalized=False), AddedToken("[R]", rstrip=True, normalized=False),
    AddedToken("[N]", normalized=True), AddedToken("  ", normalized=True), AddedToken("   ", normalized=True),
    AddedToken("cafe\u0301", normalized=True), AddedToken("<|im_start|>", special=True, normalized=False),
]
VARIANTS = {
    "gpt2": (byte_level(), None, []),
    "gpt2-prefix": (byte_level(prefix=True), None, []),
    "llama3": (pre.Sequence([split(LLAMA3), byte_level(regex=False)]), None, []),
    "qwen2-nfc": (pre.Sequence([split(QWEN2), byte_level(regex=False)]), normalizers.NFC(), []),
    "smollm": (pre.Sequence([pre.Digits(individual_digits=True), byte_level()]), None, ADDED),
    "digits-prefix": (pre.Sequence([pre.Digits(individual_digits=False), byte_level(prefix=True)]), None, ADDED),
    "neox": (byte_level(), normalizers.NFC(), ADDED),
    "ignore-merges": (pre.Sequence([split(LLAMA3), byte_level(regex=False)]), None, []),
}


def main():
    corpus = (HERE / "corpus.txt").read_text(encoding="utf-8")
    rng = random.Random(4)
    out = []
    for name, (rule, normalizer, added) in VARIANTS.items():
        tok = Tokenizer(models.BPE())
        tok.pre_tokenizer, tok.decoder = rule, decoders.ByteLevel()
        if normalizer:
            tok.normalizer = normalizer
        trainer = trainers.BpeTrainer(
            vocab_size=330, special_tokens=["<|endoftext|>"], initial_alphabet=pre.ByteLevel.alphabet(), show_progress=False
        )
        tok.train_from_iterator([corpus], trainer)
        if name == "ignore-merges":  # a word that the merges do not lead to
            file = json.loads(tok.to_str())
            file["model"]["vocab"]["Ġzqx"] = len(file["model"]["vocab"])
            file["model"]["ignore_merges"] = True
            tok = Tokenizer.from_str(json.dumps(file))
        tok.add_special_tokens([t for t in added if t.special])
        tok.add_tokens([t for t in added if not t.special])
        file = json.loads(tok.to_str())
        tok = Tokenizer.from_str(json.dumps(file))
        tok.encode_special_tokens = True
        cases = []
        for i in range(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS):
            text = random_text(rng, corpus) if i else "  zqx zqx 'zqx'  "
            cases.append({"text": text, "ids": tok.encode(text, add_special_tokens=False).ids})
        decoded = []
        for _ in range(DECODED):
            ids = [rng.randrange(tok.get_vocab_size()) for _ in range(rng.randint(1, 12))]
            decoded.append({"text": tok.decode(ids, skip_special_tokens=True), "ids": ids})
        out.append({"name": name, "file": file, "cases": cases, "decoded": decoded})
    golden = {"made_by": "tokenizers " + tokenizers.__version__, "variants": out}
    lines = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).replace('},{"text"', '},\n{"text"')
    (HERE / "variants.json").write_text(lines + "\n", encoding="utf-8")


main()
