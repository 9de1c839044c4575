# The Llama family: RMS norm, rotary positions, grouped-query attention, gated feed-forward.
# Every function sees flat rows: N = batch * time in a prompt, N = candidates in a decoding step.
# Weights, 6 a layer: attention norm, q|k|v, o, feed-forward norm, gate|up, down; then embedding, final norm, head,
# and with biases (Qwen2) those of q|k|v, one a layer.
# n = [layers, heads, key-value heads, head dim, window, q|k|v biases].

def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N], [N] -> [N, hidden]
  return torch.embedding(w[6 * n[0]], ids)

def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:  # q [N, heads, dim]; k, v [N, kv, dim]
  h = torch.rms_norm(x, [x.size(-1)], w[6 * l], eps)
  y = __torch__.linear(h, w, 6 * l + 1)
  if n[5] == 1:
    y = y + w[6 * n[0] + 3 + l]
  y = y.view([-1, n[1] + 2 * n[2], n[3]])
  qk = __torch__.rotate(y.narrow(1, 0, n[1] + n[2]), cos, sin)
  return (qk.narrow(1, 0, n[1]), qk.narrow(1, n[1], n[2]), y.narrow(1, n[1] + n[2], n[2]))

def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # [N, hidden]
  x = x + __torch__.linear(attended, w, 6 * l + 2)
  h = torch.rms_norm(x, [x.size(-1)], w[6 * l + 3], eps)
  y = __torch__.linear(h, w, 6 * l + 4)
  half = y.size(-1) // 2
  return x + __torch__.linear(torch.silu(y.narrow(-1, 0, half)) * y.narrow(-1, half, half), w, 6 * l + 5)

def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:  # what the head reads, [N, hidden]
  return torch.rms_norm(x, [x.size(-1)], w[6 * n[0] + 1], eps)

def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:  # [N, vocabulary], float32
  return __torch__.linear(h, w, 6 * n[0] + 2).float()
