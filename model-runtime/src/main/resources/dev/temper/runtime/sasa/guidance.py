# Self-disciplined autoregressive sampling (Ko et al., ICLR 2025): Proposition 1 over the candidates, one linear functional
# a subspace. rule = [directions w [A, hidden], offsets b [A]], margin(h) = w·h + b. settings = [softmax mode, β_1 .. β_A].

def measure(h: Tensor, rule: List[Tensor]) -> Tensor:  # margins, [R, A] float64
  return torch.linear(h.float(), rule[0], rule[1]).double()

def reweigh(log_p: Tensor, margins: Tensor, real: Tensor, settings: Tensor) -> Tensor:  # log p*, [S, width]
  relative = torch.softmax(torch.where(real.unsqueeze(2), margins, -inf), 1)
  v = torch.where(torch.gt(settings.select(1, 0).view([-1, 1, 1]), 0), relative, margins)  # [S, width, A]
  beta = settings.narrow(1, 1, settings.size(1) - 1).unsqueeze(1)  # [S, 1, A]
  return torch.log_softmax(log_p + (beta * v).sum([2]), 1)  # p*(j) ∝ p(j) · exp(β · v_j)
