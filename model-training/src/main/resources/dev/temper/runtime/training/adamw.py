  def step(self: __torch__.Module_, w: List[Tensor], matrices: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor], lr: float, beta1: float, beta2: float, eps: float, decay: float, clip: float) -> float:
    # one AdamW step from w[i].grad, which is cleared; -> global norm of the gradients before clipping, NaN or infinite = nothing was changed
    # w, m, v: weights and their first and second moments; matrices: those of w that decay; t: steps so far, a float32 scalar each
    # The compiler drops writes into lists that were made here and are not read later: lists that are changed come from outside.
    g = annotate(List[Tensor], [])
    for i in range(len(w)):
      gi = w[i].grad
      if torch.__is__(gi, None):
        g.append(torch.zeros_like(w[i]))
      else:
        g.append(unchecked_cast(Tensor, gi))
    squares = torch.zeros([len(g)], dtype=7, layout=None, device=w[0].device, pin_memory=None)
    for i in range(len(g)):
      squares[i].copy_(torch.sum(torch.pow(g[i], 2), dtype=7))
    norm = float(torch.sqrt(squares.sum()).item())
    if norm - norm == 0.:
      if norm > clip:
        torch._foreach_mul_(g, clip / (norm + 1e-6))
      torch._foreach_add_(t, 1.)
      torch._foreach_mul_(matrices, 1. - lr * decay)
      torch._fused_adamw_(w, g, m, v, annotate(List[Tensor], []), t, lr=lr, beta1=beta1, beta2=beta2, weight_decay=0., eps=eps, amsgrad=False, maximize=False)
    torch._foreach_zero_(g)
    return norm + float(torch.sum(g[0]).item())  # + 0: the read that keeps the clearing
