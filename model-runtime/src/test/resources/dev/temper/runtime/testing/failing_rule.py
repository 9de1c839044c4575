# A device that fails: with more rows than rule[0] as one without memory does, and at each call that brings rule[1] to 0.

def measure(h: Tensor, rule: List[Tensor]) -> Tensor:
  left = int(rule[1].sub_(1).item())
  if h.size(0) > int(rule[0].item()) or left == 0:
    ops.prim.RaiseException("the device has no memory left")
  return torch.zeros([h.size(0), 1], dtype=7, layout=None, device=h.device, pin_memory=None)

def reweigh(log_p: Tensor, measures: Tensor, real: Tensor, settings: Tensor) -> Tensor:
  return log_p
