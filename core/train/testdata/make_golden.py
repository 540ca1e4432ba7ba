"""Writes golden/: what PyTorch, transformers and TRL make of two tiny Llamas.

    pip install -r requirements.txt
    python3 make_golden.py            # half a minute on one CPU core

golden/<model>/ has config.json as transformers saves it, policy.safetensors,
reference.safetensors (BF16: the reader is held to it too) and grads.safetensors,
the gradient of the loss over all pairs with respect to every tensor.
golden/golden.json has versions, settings, pairs of token ids, and for each model

    logps      of each answer's tokens under the policy, and summed under the reference
    loss       of all pairs
    sft, lm    cross-entropy of the chosen answers, and of prompt and chosen answer
               as one text, with the norms of its gradients
    generated  the likeliest continuation of each prompt
    steps      of ten updates, batches in the order of the pairs, in float64
    trl        the same ten updates by TRL's DPOTrainer, in float32
    moved      the norm of each tensor's change over the ten updates
    float32    how far transformers in float32 is from float64: what a float32
               engine may be asked for

The numbers are computed in float64, by transformers' own modules; the two places
where they drop to float32 whatever they are given are lifted out of it (exact()).
"""

import json
import pathlib
import tempfile
import types

import torch
import torch.nn.functional as F
import transformers
import trl
from datasets import Dataset
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.models.llama import modeling_llama

OUT = pathlib.Path(__file__).parent / "golden"

# The settings of the run, under the names of core/train/config.
RUN = {
    "beta": 0.1, "learning-rate": 0.01, "schedule": "cosine", "warmup-steps": 3, "weight-decay": 0.1,
    "adam-beta1": 0.9, "adam-beta2": 0.99, "adam-epsilon": 1e-6, "max-grad-norm": 1.0,
    "batch-size": 4, "micro-batch": 3, "epochs": 4,
}
STEPS = 10

MODELS = {
    "tied": dict(vocab_size=97, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
                 head_dim=8, intermediate_size=48, rope_theta=10000.0, rms_norm_eps=1e-5, tie_word_embeddings=True),
    # Heads wider together than the hidden size, one key/value head, an epsilon
    # that shows, and a vocabulary beyond the kernel's chunk of 256.
    "untied": dict(vocab_size=263, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
                   head_dim=12, intermediate_size=20, rope_theta=100.0, rms_norm_eps=1e-2, tie_word_embeddings=False),
}
CONTEXT = 64
EOS = 0

# Tokens of prompt, chosen, rejected: the shortest there are, equal and unequal
# lengths, one pair that fills the context. Ten pairs in batches of four leave two.
LENGTHS = [(5, 7, 4), (1, 1, 1), (12, 3, 20), (2, 9, 9), (40, 24, 11), (7, 1, 6), (3, 15, 2), (9, 8, 10), (1, 12, 5), (17, 5, 5)]


def tiny(shape, seed):
    """A Llama of random numbers that are large enough for every part to matter."""
    config = LlamaConfig(**{k: v for k, v in shape.items() if k != "rope_theta"}, max_position_embeddings=CONTEXT,
                         rope_parameters={"rope_type": "default", "rope_theta": shape["rope_theta"]},
                         bos_token_id=EOS, eos_token_id=EOS, pad_token_id=EOS, attn_implementation="sdpa")
    model = LlamaForCausalLM(config)
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=g)
            p.copy_(1 + 0.3 * noise if p.dim() == 1 else noise * (0.4 if "embed" in name else 1.2 / p.shape[1] ** 0.5))
    return model


def perturbed(model, seed):
    """The reference: other weights nearby, such that bfloat16 holds them."""
    other = LlamaForCausalLM(model.config)
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p, q in zip(other.parameters(), model.parameters()):
            p.copy_((q + 0.05 * q.abs().mean() * torch.randn(q.shape, generator=g)).bfloat16())
    return other


def copy_of(model, dtype):
    other = LlamaForCausalLM(model.config)
    other.load_state_dict(model.state_dict())
    return exact(other.double()) if dtype == torch.float64 else other


def exact(model):
    """Makes the norms and the rotary angles of a float64 model float64."""

    def norm(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))

    def rotary(self, x, position_ids):
        d, theta = self.config.head_dim, self.config.rope_parameters["rope_theta"]
        freqs = position_ids[..., None].double() * theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
        emb = torch.cat((freqs, freqs), dim=-1)
        return emb.cos(), emb.sin()

    for m in model.modules():
        if isinstance(m, modeling_llama.LlamaRMSNorm):
            m.forward = types.MethodType(norm, m)
        if isinstance(m, modeling_llama.LlamaRotaryEmbedding):
            m.forward = types.MethodType(rotary, m)
    return model


def make_pairs(vocab, seed):
    g = torch.Generator().manual_seed(seed)
    ids = lambda n: torch.randint(1, vocab, (n,), generator=g).tolist()
    return [{"prompt_ids": ids(p), "chosen_ids": ids(c - 1) + [EOS], "rejected_ids": ids(r - 1) + [EOS] if r > 1 else ids(1)}
            for p, c, r in LENGTHS]


def score(model, prompt, answer):
    """Log-probabilities (T) of the answer's tokens and their logits (T,V), no padding."""
    logits = model(torch.tensor([prompt + answer]), use_cache=False).logits[0, len(prompt) - 1 : -1]
    return F.log_softmax(logits, -1).gather(1, torch.tensor(answer)[:, None])[:, 0], logits.detach()


def answers(model, pairs, name):
    return [score(model, p["prompt_ids"], p[name]) for p in pairs]


def sums(model, pairs):
    with torch.no_grad():
        return {n: torch.stack([s[0].sum() for s in answers(model, pairs, n)]) for n in ("chosen_ids", "rejected_ids")}


def dpo(policy, pairs, ref):
    """The mean loss of the pairs, and its metrics."""
    chosen, rejected = answers(policy, pairs, "chosen_ids"), answers(policy, pairs, "rejected_ids")
    logps = {"chosen": torch.stack([c[0].sum() for c in chosen]), "rejected": torch.stack([r[0].sum() for r in rejected])}
    rewards = {k: RUN["beta"] * (logps[k] - ref[k + "_ids"]) for k in logps}
    margins = rewards["chosen"] - rewards["rejected"]
    loss = -F.logsigmoid(margins).mean()
    logits = {"chosen": torch.cat([c[1] for c in chosen]), "rejected": torch.cat([r[1] for r in rejected])}
    every = F.log_softmax(torch.cat(list(logits.values())), -1)
    row = {"loss": loss, "rewards/margins": margins.mean(), "rewards/accuracies": (margins > 0).double().mean(),
           "entropy": -(every.exp() * every).sum(-1).mean()}
    for k in logps:
        row |= {f"rewards/{k}": rewards[k].mean(), f"logps/{k}": logps[k].mean(), f"logits/{k}": logits[k].mean()}
    return loss, {k: v.item() for k, v in row.items()}


def cross_entropy(policy, pairs, whole):
    """Of the chosen answers' tokens, or of the whole texts', by the model's own loss."""
    total, n = 0, 0
    for p in pairs:
        ids = torch.tensor([p["prompt_ids"] + p["chosen_ids"]])
        first = 1 if whole else len(p["prompt_ids"])
        labels = ids.clone()
        labels[0, :first] = -100
        predicted = ids.shape[1] - first
        total, n = total + policy(ids, labels=labels, use_cache=False).loss * predicted, n + predicted
    return total / n


def rate(step, total):
    """optim.Schedule.Rate as a part of the peak: transformers' schedule of one more
    warm-up step, without its first update, whose rate is 0."""
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    return transformers.get_cosine_schedule_with_warmup(opt, RUN["warmup-steps"] + 1, total + 1).lr_lambdas[0](step + 1)


def optimizer_of(model):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": RUN["weight-decay"]}, {"params": rest, "weight_decay": 0.0}],
                             lr=RUN["learning-rate"], betas=(RUN["adam-beta1"], RUN["adam-beta2"]), eps=RUN["adam-epsilon"])


def total_steps(pairs):
    return RUN["epochs"] * -(-len(pairs) // RUN["batch-size"])


def train(policy, pairs, ref):
    """Ten updates, plainly."""
    opt, rows, size = optimizer_of(policy), [], RUN["batch-size"]
    starts = range(0, len(pairs), size)
    for step in range(STEPS):
        lo = starts[step % len(starts)]
        opt.zero_grad()
        loss, row = dpo(policy, pairs[lo : lo + size], {k: v[lo : lo + size] for k, v in ref.items()})
        loss.backward()
        row["grad_norm"] = torch.nn.utils.clip_grad_norm_(policy.parameters(), RUN["max-grad-norm"]).item()
        row["learning_rate"] = RUN["learning-rate"] * rate(step, total_steps(pairs))
        for group in opt.param_groups:
            group["lr"] = row["learning_rate"]
        opt.step()
        rows.append(row)
    return rows


class ByIds(trl.DPOTrainer):
    """TRL's trainer, given token ids instead of text."""

    def _prepare_dataset(self, dataset, *_):
        return dataset


def train_trl(policy, reference, pairs):
    """The same ten updates by TRL, padded and in float32."""
    vocab = {str(i): i for i in range(policy.config.vocab_size)}
    tok = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(WordLevel(vocab, unk_token="0")), eos_token="0", pad_token="0")
    opt = optimizer_of(policy)
    args = trl.DPOConfig(
        output_dir=tempfile.gettempdir(), use_cpu=True, bf16=False, gradient_checkpointing=False, beta=RUN["beta"], max_length=None,
        per_device_train_batch_size=RUN["batch-size"], max_grad_norm=RUN["max-grad-norm"], max_steps=STEPS,
        train_sampling_strategy="sequential", logging_steps=1, save_strategy="no", report_to="none", disable_tqdm=True,
        weight_decay=RUN["weight-decay"])
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: rate(step, total_steps(pairs)))
    trainer = ByIds(policy, reference, args, train_dataset=Dataset.from_list(pairs), processing_class=tok, optimizers=(opt, schedule))
    matrices = {n for n, p in policy.named_parameters() if p.dim() > 1}
    decayed = {n for n, _ in policy.named_parameters()} & set(trainer.get_decay_parameter_names(policy))
    assert matrices == decayed, f"transformers decays other tensors than the matrices: {matrices ^ decayed}"
    trainer.train()
    names = ["loss", "grad_norm", "learning_rate", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies",
             "logps/chosen", "logps/rejected", "logits/chosen", "logits/rejected", "entropy"]
    return [{n: float(row[n]) for n in names} for row in trainer.state.log_history[:STEPS]]


def generate(model, pairs, n=12):
    """The likeliest continuations, and by how much each step's winner leads."""
    out = []
    for p in pairs:
        ids, lead = list(p["prompt_ids"]), []
        with torch.no_grad():
            while len(ids) - len(p["prompt_ids"]) < n and len(ids) < CONTEXT:
                top = model(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
                lead.append((top.values[0] - top.values[1]).item())
                ids.append(top.indices[0].item())
                if ids[-1] == EOS:
                    break
        assert min(lead) > 1e-4, "a tie: float32 may decide otherwise; take another seed"
        out.append(ids[len(p["prompt_ids"]) :])
    return out


def apart(a, b):
    return (a - b).norm().item() / b.norm().item()


def golden(name, shape, seed):
    policy = tiny(shape, seed)
    reference = perturbed(policy, seed + 1)
    pairs = make_pairs(shape["vocab_size"], seed + 2)
    p64, r64 = copy_of(policy, torch.float64), copy_of(reference, torch.float64)
    p32, r32 = copy_of(policy, torch.float32), copy_of(reference, torch.float32)
    ref = sums(r64, pairs)

    def grads_of(model, loss):
        model.zero_grad()
        loss.backward()
        return {n: p.grad.clone() for n, p in model.named_parameters()}

    loss, _ = dpo(p64, pairs, ref)
    grads = grads_of(p64, loss)
    loss32, _ = dpo(p32, pairs, sums(r32, pairs))
    grads32 = grads_of(p32, loss32)
    plain = {}
    for kind in ("sft", "lm"):
        ce = cross_entropy(p64, pairs, whole=kind == "lm")
        plain[kind] = {"loss": ce.item(), "grads": {n: g.norm().item() for n, g in grads_of(p64, ce).items()}}
    logps = {k: [s[0].tolist() for s in answers(p64, pairs, k + "_ids")] for k in ("chosen", "rejected")}
    logps32 = {k: [s[0].tolist() for s in answers(p32, pairs, k + "_ids")] for k in ("chosen", "rejected")}
    flat = lambda d: torch.tensor([x for k in d for a in d[k] for x in a], dtype=torch.float64)

    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    policy.config.architectures = ["LlamaForCausalLM"]
    (folder / "config.json").write_text(policy.config.to_json_string(use_diff=False))
    save_file({n: p.detach() for n, p in policy.named_parameters()}, folder / "policy.safetensors")
    save_file({n: p.detach().bfloat16() for n, p in reference.named_parameters()}, folder / "reference.safetensors")
    save_file({n: g.float() for n, g in grads.items()}, folder / "grads.safetensors")
    generated = generate(p64, pairs)

    p64.zero_grad()
    start = {n: p.detach().clone() for n, p in p64.named_parameters()}
    steps = train(p64, pairs, ref)
    moved = {n: (p.detach() - start[n]) for n, p in p64.named_parameters()}
    p32 = copy_of(policy, torch.float32)
    start32 = {n: p.detach().clone() for n, p in p32.named_parameters()}
    by_trl = train_trl(p32, r32, pairs)
    moved32 = {n: (p.detach() - start32[n]) for n, p in p32.named_parameters()}
    far = lambda key: max(abs(a[key] - b[key]) / abs(a[key]) for a, b in zip(steps, by_trl))
    return {
        "pairs": pairs, "logps": logps, "reference": {k[:-4]: v.tolist() for k, v in ref.items()},
        "loss": loss.item(), **plain, "generated": generated, "steps": steps, "trl": by_trl, "moved": {n: m.norm().item() for n, m in moved.items()},
        "float32": {
            "logps": (flat(logps32) - flat(logps)).abs().max().item(),
            "grads": max(apart(grads32[n], grads[n]) for n in grads),
            "steps/loss": far("loss"), "steps/grad_norm": far("grad_norm"),
            "moved": max(apart(moved32[n], moved[n]) for n in moved),
        },
    }


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    made = {"made_by": "make_golden.py", "versions": {m.__name__: m.__version__ for m in (torch, transformers, trl)}, "settings": RUN}
    made["models"] = {name: golden(name, shape, 1000 * (i + 1)) for i, (name, shape) in enumerate(MODELS.items())}
    (OUT / "golden.json").write_text(rounded(made))
    for name, m in made["models"].items():
        print(name, "loss", m["loss"], "float32 is off by", m["float32"])
        for a, b in zip(m["steps"], m["trl"]):
            print("  ", *(f"{k} {a[k]:.6f} {b[k]:.6f}" for k in ("loss", "grad_norm", "rewards/margins", "learning_rate")))


def rounded(made):
    """JSON with one list of numbers a line, twelve digits each."""
    cut = lambda x: float(f"{x:.12g}") if isinstance(x, float) else [cut(y) for y in x] if isinstance(x, list) else \
        {k: cut(v) for k, v in x.items()} if isinstance(x, dict) else x

    def write(x, indent):
        if isinstance(x, dict) and any(isinstance(v, (dict, list)) for v in x.values()):
            pad = "\n" + " " * (indent + 1)
            return "{" + ",".join(f"{pad}{json.dumps(k)}: {write(v, indent + 1)}" for k, v in x.items()) + "\n" + " " * indent + "}"
        if isinstance(x, list) and x and isinstance(x[0], (dict, list)):
            pad = "\n" + " " * (indent + 1)
            return "[" + ",".join(pad + write(v, indent + 1) for v in x) + "\n" + " " * indent + "]"
        return json.dumps(x)

    return write(cut(made), 0) + "\n"


main()
