# Who may attend to whom. window: most tokens that a query sees, itself included; 0 = all before it.

def causal_mask(time: int, start: int, window: int, like: Tensor) -> Optional[Tensor]:  # queries start.. to keys 0..: [time, start + time]; None = plainly causal
  limited = window > 0 and start + time > window
  if start == 0 and not limited:
    return None
  mask = torch.tril(torch.ones([time, start + time], dtype=11, layout=None, device=like.device, pin_memory=None), start)
  if limited:
    mask = torch.triu(mask, start - window + 1)
  return mask

def prefix_bias(places: Tensor, length: Tensor, window: int) -> Tensor:  # [1, time], [S] -> [S, 1, 1, time]: 0 where the token after the prefix may look, else -inf
  seen = torch.lt(places, length.unsqueeze(1))
  if window > 0:
    seen = torch.logical_and(seen, torch.gt(places, length.unsqueeze(1) - window))
  return torch.where(seen, 0., -inf).float().unsqueeze(1).unsqueeze(1)
