#!/usr/bin/env python3
"""Tokens a second of Hugging Face transformers' `generate`, for comparison. Temper itself never needs Python.

Needs torch and transformers. On its own it measures and prints JSON:

    python3 benchmarks/transformers_decode.py --shape gpt2-small --threads 2 --batch 1,8,32

`temper bench decode --reference "python3 benchmarks/transformers_decode.py"` runs it with --serve instead: the model is
loaded once, and each line on standard input, a JSON object with batch and steps, is answered by one measurement, so that
both implementations are measured in turn in the same minutes.

What is measured: `generate` with sampling (temperature 1, the 50 likeliest tokens, transformers' own default) from random
prompts, with its cache, for STEPS tokens, less the same for one token, so that reading the prompt is not counted.
"""
import argparse
import json
import statistics
import sys
import time

import torch
import transformers

SHAPES = {
    "gpt2-small": lambda: transformers.GPT2Config(),
    "llama-3.2-1b": lambda: transformers.LlamaConfig(
        vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
        num_key_value_heads=8, head_dim=64, max_position_embeddings=8192, rope_theta=5e5, tie_word_embeddings=True),
    "llama-3.1-8b": lambda: transformers.LlamaConfig(
        vocab_size=128256, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=8192, rope_theta=5e5, tie_word_embeddings=False),
}


def load(shape, dtype, device, seed):
    torch.manual_seed(seed)
    if shape in SHAPES:
        torch.set_default_dtype(dtype)
        with torch.device(device):
            model = transformers.AutoModelForCausalLM.from_config(SHAPES[shape]())
        torch.set_default_dtype(torch.float32)
    else:
        model = transformers.AutoModelForCausalLM.from_pretrained(shape, dtype=dtype).to(device)
    model.generation_config.eos_token_id = None  # random weights must not end an answer early
    model.generation_config.pad_token_id = 0
    return model.eval()


def seconds(model, ids, steps):
    if ids.is_cuda:
        torch.cuda.synchronize()
    start = time.perf_counter()
    with torch.inference_mode():
        out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=50,
                             top_p=1.0, min_new_tokens=steps, max_new_tokens=steps)
    if ids.is_cuda:
        torch.cuda.synchronize()
    assert out.size(1) == ids.size(1) + steps
    return time.perf_counter() - start


def tokens_per_second(model, batch, steps, prompt_tokens):
    ids = torch.randint(0, model.config.vocab_size, (batch, prompt_tokens), device=model.device)
    prompt = seconds(model, ids, 1)
    return batch * (steps - 1) / max(1e-9, seconds(model, ids, steps) - prompt)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", default="gpt2-small", help=f"one of {', '.join(SHAPES)}, or a model's folder")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves torch's own choice")
    parser.add_argument("--batch", default="1,8,32")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=32)
    parser.add_argument("--prompt-tokens", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--serve", action="store_true", help="answer requests on standard input, one JSON object a line")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    transformers.logging.set_verbosity_error()
    model = load(args.shape, getattr(torch, args.dtype), args.device, args.seed)
    versions = {"name": "transformers", "transformers": transformers.__version__, "torch": torch.__version__,
                "threads": torch.get_num_threads(), "dtype": args.dtype}
    if args.serve:
        print(json.dumps(versions), flush=True)
        for line in sys.stdin:
            wanted = json.loads(line)
            measured = tokens_per_second(model, wanted["batch"], wanted["steps"], args.prompt_tokens)
            print(json.dumps({"tokens_per_second": measured}), flush=True)
        return
    batches = [int(b) for b in args.batch.split(",")]
    rounds = {b: [] for b in batches}
    for b in batches:
        tokens_per_second(model, b, 4, args.prompt_tokens)  # warm-up
    for _ in range(args.rounds):
        for b in batches:
            rounds[b].append(tokens_per_second(model, b, args.steps, args.prompt_tokens))
    print(json.dumps({**versions, "shape": args.shape, "steps": args.steps, "prompt_tokens": args.prompt_tokens,
                      "tokens_per_second": {b: {"median": statistics.median(r), "least": min(r), "most": max(r)}
                                            for b, r in rounds.items()}}, indent=2))


if __name__ == "__main__":
    main()
