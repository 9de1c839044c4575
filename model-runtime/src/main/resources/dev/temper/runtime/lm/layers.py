# Parts that families with layer norms share.

def norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
  return torch.layer_norm(x, [x.size(-1)], weight, bias, eps)

def activate(x: Tensor, kind: int) -> Tensor:  # kind: Activation.code()
  if kind == 0:
    return torch.relu(x)
  if kind == 1:
    return torch.gelu(x, approximate="none")
  if kind == 2:
    return torch.gelu(x, approximate="tanh")
  return torch.silu(x)

def split_groups(y: Tensor, kv: int, dim: int) -> Tuple[Tensor, Tensor, Tensor]:
  # rows of a joint projection that hold, for each key-value head, its queries, its key and its value
  # [N, kv * (group + 2) * dim] -> q [N, kv * group, dim]; k, v [N, kv, dim]
  y = y.view([y.size(0), kv, -1, dim])
  group = y.size(2) - 2
  return (y.narrow(2, 0, group).reshape([y.size(0), kv * group, dim]), y.select(2, group), y.select(2, group + 1))
