  def gather(self: __torch__.Module_, h: Tensor, rows: Tensor) -> Tensor:  # h [batch, time, hidden], rows [N] of batch * time -> [N, hidden]
    return h.reshape([-1, h.size(2)]).index_select(0, rows)

  def likelihood(self: __torch__.Module_, logits: Tensor, targets: Tensor) -> Tensor:  # logits [N, vocabulary], targets [N] -> [2, N] float64: log-likelihoods in nats, and 1 where no token is likelier
    chosen = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    best = logits.amax([1])
    return torch.stack([chosen.double() - torch.logsumexp(logits, [1]).double(), (chosen >= best).double()])
