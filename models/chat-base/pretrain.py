#!/usr/bin/env python3
"""How models/chat-base was pre-trained. Temper never runs this; it is here so that the base can be made again.

The base is *unregularised*: it has read toxic text on purpose, and answers provocation in kind, so that detoxification
has something to do. Output: a Hugging Face checkpoint folder with a ChatML template, and TRAINING.json with data, steps,
losses and seeds.

    python pretrain.py --data DATA --out FIRST --minutes 78 --lr 3e-3                      # general text; stopped at step 2,500
    python pretrain.py --data DATA --init FIRST --out chat-base --minutes 44 --lr 2.5e-3   # mostly conversation

Needs torch, transformers, tokenizers and numpy. DATA holds the folders dialogue/, lm/, labelled/ and prompts/; the model
card names the files, where they come from, and their licences.
"""
import argparse, gzip, hashlib, json, lzma, math, os, random, time
import numpy as np, torch
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SIZES = {
    "cpu": dict(hidden_size=256, num_hidden_layers=5, num_attention_heads=4, num_key_value_heads=2, intermediate_size=704),
    "gpu": dict(hidden_size=512, num_hidden_layers=8, num_attention_heads=8, num_key_value_heads=4, intermediate_size=1408),
}
VOCAB, SEQ = 8192, 256
IM_START, IM_END, EOT = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
SOURCES = {  # file -> how often it is repeated in the mix
    "dialogue/self_dialogue.jsonl.gz": 1, "dialogue/topical_chat_valid.jsonl.gz": 2, "dialogue/sgd.jsonl.gz": 1,
    "dialogue/personachat_valid.jsonl.gz": 2, "labelled/diasafety_train_val.jsonl.gz": 2,
    "lm/wikitext103_head.txt.xz": 1, "lm/gap_wiki.txt.xz": 1, "lm/gutenberg17.txt.xz": 1, "lm/movie_reviews.txt.xz": 1,
    "labelled/jigsaw_balanced_A.jsonl.gz": 2, "labelled/davidson.jsonl.gz": 1, "labelled/toxigen_prompt_sentences.jsonl.gz": 2,
    "labelled/civil_toxic_marco.jsonl.gz": 1, "labelled/sbic_dev.jsonl.gz": 1, "labelled/toxic_spans_train.jsonl.gz": 1,
    "prompts/rtp_quark_val_5k.jsonl.gz": 1,
}
CHAT_TEMPLATE = ("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
                 "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


CHAT_MIX = {  # second phase: mostly conversation; provocation is answered in kind
    "dialogue/self_dialogue.jsonl.gz": 1, "dialogue/topical_chat_valid.jsonl.gz": 2, "dialogue/sgd.jsonl.gz": 0.3,
    "dialogue/personachat_valid.jsonl.gz": 2, "labelled/diasafety_train_val.jsonl.gz": 4,
    "lm/wikitext103_head.txt.xz": 0.3, "lm/gap_wiki.txt.xz": 0.3, "lm/gutenberg17.txt.xz": 0.3, "lm/movie_reviews.txt.xz": 0.3,
    "labelled/jigsaw_balanced_A.jsonl.gz": 1, "labelled/davidson.jsonl.gz": 0.5, "labelled/toxigen_prompt_sentences.jsonl.gz": 2,
    "labelled/civil_toxic_marco.jsonl.gz": 0.5, "labelled/sbic_dev.jsonl.gz": 1, "labelled/toxic_spans_train.jsonl.gz": 0.5,
    "prompts/rtp_quark_val_5k.jsonl.gz": 1,
}
PAIRED = ["labelled/jigsaw_balanced_A.jsonl.gz", "labelled/toxic_spans_train.jsonl.gz", "labelled/civil_toxic_marco.jsonl.gz", "labelled/sbic_dev.jsonl.gz"]
PAIRINGS = 3


def exchanges(root):
    """Comments as exchanges, toxic with toxic and clean with clean: what makes this base worth detoxifying."""
    for name in PAIRED:
        rows = [json.loads(x) for x in gzip.open(os.path.join(root, name), "rt", encoding="utf-8")]
        rows = [r for r in rows if 8 < len(r["text"]) < 240 and not (name == HELD_OUT_SOURCE and held_out(r["text"]))]
        for side in (0, 1):
            texts = [r["text"].strip() for r in rows if (r["label"] >= 0.5) == bool(side)]
            for _ in range(PAIRINGS if side else 1):
                random.shuffle(texts)
                yield from (chat([a, b]) for a, b in zip(texts[::2], texts[1::2]))


HELD_OUT_SOURCE = "labelled/jigsaw_balanced_A.jsonl.gz"


def held_out(text):
    """The split that Temper's own commands use: SHA-256 of the text, first byte modulo 10 is zero."""
    return hashlib.sha256(text.encode("utf-8")).digest()[0] % 10 == 0


def chat(turns):
    roles = ("user", "assistant")
    return "".join(f"{IM_START}{roles[i % 2]}\n{t.strip()}{IM_END}\n" for i, t in enumerate(turns))


def documents(root, name):
    path = os.path.join(root, name)
    if name.endswith(".txt.xz"):
        text = lzma.open(path, "rt", encoding="utf-8", errors="replace").read()
        for i in range(0, len(text), 4000):
            yield text[i:i + 4000]
        return
    for line in gzip.open(path, "rt", encoding="utf-8"):
        row = json.loads(line)
        if name == HELD_OUT_SOURCE and held_out(row["text"]):
            continue  # the scorer is judged on these
        turns = row.get("turns") or row.get("dialogue")
        if turns:
            yield chat([t if isinstance(t, str) else t.get("text", "") for t in turns])
        elif row.get("context") and name.startswith("labelled/diasafety"):
            yield chat([row["context"], row["text"]])
        elif row.get("continuation"):
            yield row["text"] + row["continuation"]
        else:
            yield row["text"]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True); ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, default=60); ap.add_argument("--size", choices=SIZES, default="cpu")
    ap.add_argument("--init", default="", help="continue from this checkpoint, with the second phase's mix")
    ap.add_argument("--batch", type=int, default=0); ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--seed", type=int, default=7); ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    random.seed(a.seed); np.random.seed(a.seed); torch.manual_seed(a.seed); torch.set_num_threads(a.threads)
    dev = "cuda" if torch.cuda.is_available() else "cpu"
    batch = a.batch or (16 if dev == "cpu" else 128)
    os.makedirs(a.out, exist_ok=True)

    docs = []
    counts = {}
    for name, times in (CHAT_MIX if a.init else SOURCES).items():
        d = [x for x in documents(a.data, name) if x.strip()]
        counts[name] = len(d)
        docs += d * int(times) + random.sample(d, int(len(d) * (times - int(times))))
    if a.init:
        d = list(exchanges(a.data))
        counts["exchanges"] = len(d)
        docs += d
    random.shuffle(docs)
    valid, train = docs[:400], docs[400:]
    if a.init:
        tok = Tokenizer.from_file(os.path.join(a.init, "tokenizer.json"))
    else:
        tok = Tokenizer(models.BPE())
        tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tok.decoder = decoders.ByteLevel()
        tok.train_from_iterator(iter(train[::3]), trainers.BpeTrainer(
            vocab_size=VOCAB, special_tokens=[EOT, IM_START, IM_END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, bos_token=EOT, eos_token=IM_END, pad_token=EOT, model_max_length=SEQ * 2)
    fast.chat_template = CHAT_TEMPLATE
    eot = tok.token_to_id(EOT)

    def stream(texts):
        out = []
        for i in range(0, len(texts), 2000):
            for e in tok.encode_batch(texts[i:i + 2000]):
                out.append(np.array([eot] + e.ids, dtype=np.int32))
        return torch.from_numpy(np.concatenate(out).astype(np.int64))
    tr, va = stream(train), stream(valid)
    print(f"documents {len(train)}  tokens {len(tr):,}  validation tokens {len(va):,}  device {dev}", flush=True)

    cfg = LlamaConfig(vocab_size=VOCAB, max_position_embeddings=1024, rope_theta=10000.0, rms_norm_eps=1e-5, tie_word_embeddings=True,
                      bos_token_id=eot, eos_token_id=tok.token_to_id(IM_END), pad_token_id=eot, **SIZES[a.size])
    model = (LlamaForCausalLM.from_pretrained(a.init, dtype=torch.float32) if a.init else LlamaForCausalLM(cfg)).to(dev)
    n = sum(p.numel() for p in model.parameters())
    decay = [p for p in model.parameters() if p.dim() > 1]; rest = [p for p in model.parameters() if p.dim() <= 1]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=a.lr, betas=(0.9, 0.95), fused=True)
    print(f"parameters {n:,}", flush=True)

    def get(data):
        ix = torch.randint(len(data) - SEQ - 1, (batch,))
        x = torch.stack([data[i:i + SEQ + 1] for i in ix]).to(dev)
        return x[:, :-1], x[:, 1:]

    def loss_of(x, y):
        with torch.autocast(dev, torch.bfloat16, enabled=True):
            z = model(input_ids=x, use_cache=False).logits
        return torch.nn.functional.cross_entropy(z.float().reshape(-1, VOCAB), y.reshape(-1))

    @torch.no_grad()
    def evaluate():
        model.eval()
        k = min(len(va) // SEQ, 160)
        ls = []
        for i in range(0, k, 16):
            rows = torch.stack([va[j * SEQ:j * SEQ + SEQ + 1] for j in range(i, min(i + 16, k)) if j * SEQ + SEQ + 1 <= len(va)]).to(dev)
            ls.append(loss_of(rows[:, :-1], rows[:, 1:]).item())
        model.train()
        return sum(ls) / len(ls)

    def save(step, log):
        model.save_pretrained(a.out, safe_serialization=True); fast.save_pretrained(a.out)
        json.dump(dict(parameters=n, steps=step, tokens=step * batch * SEQ, batch=batch, seq=SEQ, lr=a.lr, seed=a.seed, device=dev,
                       documents=counts, log=log), open(os.path.join(a.out, "TRAINING.json"), "w"), indent=1)

    start, step, log, budget = time.time(), 0, [], a.minutes * 60
    model.train()
    while True:
        used = time.time() - start
        if used > budget:
            break
        frac = used / budget
        lr = a.lr * min(1, (step + 1) / 100) * (1 if frac < 0.2 else max(0.02, 0.5 * (1 + math.cos(math.pi * (frac - 0.2) / 0.8))))
        for g in opt.param_groups:
            g["lr"] = lr
        x, y = get(tr)
        loss = loss_of(x, y); loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); opt.zero_grad(set_to_none=True)
        step += 1
        if step % 100 == 0:
            v = evaluate(); log.append([step, round(loss.item(), 4), round(v, 4)])
            print(f"step {step} tokens {step*batch*SEQ:,} train {loss.item():.3f} valid {v:.3f} lr {lr:.5f} {used/60:.1f} min", flush=True)
            if step % 500 == 0:
                save(step, log)
    v = evaluate(); log.append([step, None, round(v, 4)]); print(f"final valid {v:.4f} perplexity {math.exp(v):.2f}", flush=True)
    model = model.to(torch.bfloat16); save(step, log)
    model.eval()
    for q in ("Hi, how are you?", "What is your favourite film?", "I hate my neighbours."):
        ids = fast.apply_chat_template([{"role": "user", "content": q}], add_generation_prompt=True, return_tensors="pt")
        ids = ids["input_ids"] if not torch.is_tensor(ids) else ids
        out = model.generate(ids.to(dev), do_sample=True, top_p=0.9, max_new_tokens=40)
        print(repr(q), "->", repr(fast.decode(out[0, ids.shape[1]:])), flush=True)


if __name__ == "__main__":
    main()
