  def begin(self: __torch__.Module_, prompts: Tensor, settings: Tensor, first: int, state: List[Tensor]) -> int:
    # sequences take slots first..; prompts [S, time], padded with tokens of the prompt itself
    S = prompts.size(0)
    state[0].narrow(0, first, S).zero_().scatter_(1, prompts, True)
    state[1].narrow(0, first, S).zero_()
    state[2].narrow(0, first, S).copy_(settings)
    return 0

  def generated(self: __torch__.Module_, tokens: Tensor, state: List[Tensor]) -> int:  # tokens [S] became part of the first S sequences
    S = tokens.size(0)
    state[0].narrow(0, 0, S).scatter_(1, tokens.unsqueeze(1), True)
    state[1].narrow(0, 0, S).scatter_add_(1, tokens.unsqueeze(1), torch.ones_like(tokens, dtype=6).unsqueeze(1))
    return 0

  def move(self: __torch__.Module_, source: int, target: int, state: List[Tensor]) -> int:
    for i in range(len(state)):
      state[i][target].copy_(state[i][source])
    return 0

  def plain(self: __torch__.Module_, z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
    return __torch__.sampled(z, z, newest, bans, rules, u, first, state)

  def nado(self: __torch__.Module_, r: Tensor, delta: float, starts: Tensor, begins: bool, z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
    # r [S, V]: the auxiliary model's logits; starts [slots, 2]: log R, log (1 - R) where each sequence begins, written if begins
    mine = starts.narrow(0, first, z.size(0))
    if begins:
      mine.copy_(torch.stack([__torch__.log_expected(z, r), __torch__.log_expected(z, -r)], 1))
    log_q = __torch__.nado(torch.log_softmax(z, 1), r, mine.narrow(1, 0, 1), mine.narrow(1, 1, 1), delta)
    return __torch__.sampled(log_q, z, newest, bans, rules, u, first, state)

  def likeliest(self: __torch__.Module_, most: int, z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    return __torch__.likeliest(z, newest, bans, rules, u, first, most, state)

  def rad(self: __torch__.Module_, ids: Tensor, log_p: Tensor, count: Tensor, labels: Tensor, harmful: Tensor, exclusive: bool, beta: float, z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
    # labels [S, width, labels]: the reward model's outputs for the candidates; harmful: the labels that count; exclusive: exactly one applies
    share = torch.softmax(labels.double(), -1) if exclusive else torch.sigmoid(labels.double())
    reward = 1. - share.index_select(2, harmful).amax([2])
    finite = torch.logical_and(torch.isfinite(z).all(1), torch.isfinite(reward).all(1))
    return __torch__.chosen(ids, __torch__.rad(log_p, reward, beta), log_p, count, finite, u, first, state)

  def dexperts(self: __torch__.Module_, plus: Tensor, minus: Tensor, alpha: float, z: Tensor, newest: Tensor, bans: Tensor, rules: int, u: Tensor, first: int, state: List[Tensor]) -> Tensor:
    # plus, minus [S, V]: logits of the expert and of the anti-expert
    ids, log_p, count = __torch__.likeliest(z, newest, bans, rules, u, first, z.size(1), state)
    finite = torch.isfinite(z + plus + minus).all(1)
    log_q = __torch__.dexperts(log_p, plus.gather(1, ids).double(), minus.gather(1, ids).double(), alpha)
    return __torch__.chosen(ids, log_q, log_p, count, finite, u, first, state)

  def rows(self: __torch__.Module_, outputs: Tensor, row: Tensor) -> Tensor:
    return outputs.index_select(0, row)

  def closest(self: __torch__.Module_, z: Tensor, r: Tensor) -> Tensor:  # NADO's log q, for delta = 1
    return __torch__.log_closest(z, r)

  def ensemble(self: __torch__.Module_, z: Tensor, plus: Tensor, minus: Tensor, alpha: float) -> Tensor:  # log q of DExperts without top-p
    return __torch__.dexperts(torch.log_softmax(z, 1), plus, minus, alpha)
