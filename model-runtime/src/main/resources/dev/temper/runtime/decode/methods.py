  def read(self: __torch__.Module_, ids: Tensor, position: Tensor, slots: List[int], starts: List[int], counts: List[int], state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> int:
    # parts of prompts, none to its end; see read_chunks
    __torch__.read_chunks(ids, position, slots, starts, counts, state, w, n, eps, cos, sin)
    return 0

  def prefill(self: __torch__.Module_, ids: Tensor, position: Tensor, slots: List[int], starts: List[int], counts: List[int], last: Tensor, first: int, prompts: Tensor, settings: Tensor, bans: Tensor, rules: int, most: int, u: Tensor, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    # The same, where S prompts, those in slots first.., are read to their end. last [S]: their last rows; prompts [S, time]: all
    # their tokens, padded on the right with tokens of the prompt itself -> [S, 5] float64: decided token, finite, cut, count, 0
    S = last.size(0)
    x = __torch__.read_chunks(ids, position, slots, starts, counts, state, w, n, eps, cos, sin)
    state[6].narrow(0, first, S).copy_(settings)
    state[5].narrow(0, first, S).zero_().scatter_(1, prompts, True)
    state[7].narrow(0, first, S).zero_()
    h = __torch__.final(x.index_select(0, last), w, n, eps)
    finite, count, drawn, cut = __torch__.prepare(h, u, first, ids.index_select(0, last), bans, rules, most, state, w, n)
    return torch.stack([drawn.double(), finite.double(), cut.double(), count.double(), torch.zeros_like(u)], 1)

  def step(self: __torch__.Module_, length: Tensor, longest: int, even: bool, width: int, bans: Tensor, rules: int, most: int, u: Tensor, state: List[Tensor], rule: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    # One pass over every candidate of every running sequence. length [S]: tokens in the cache; even: whether it is the same for all;
    # width: the most candidates of any.
    # -> [S, 5 + measures] float64: decided token, finite, cut, count, KL, then the measures of the committed candidate
    S = length.size(0)
    ids = state[2].narrow(0, 0, S).narrow(1, 0, width)
    settings = state[6].narrow(0, 0, S)
    if width == 1:
      token = ids.select(1, 0).clone()  # the next candidates will stand there
      h = __torch__.read_line(token, length, longest, even, state, w, n, eps, cos, sin)
      measures = __torch__.measure(h, rule)  # [S, M]
      kl = torch.zeros_like(u)
      measured = torch.isfinite(measures).all(1)
    else:
      log_p = state[3].narrow(0, 0, S).narrow(1, 0, width)
      count = state[4].narrow(0, 0, S)
      real = torch.lt(__torch__.places(width, length), count.unsqueeze(1))  # [S, width]
      cell = real.reshape([-1]).nonzero().squeeze(1)  # [R]
      rows = ids.reshape([-1]).index_select(0, cell)
      all_h, ks, vs = __torch__.read_fan(rows, cell, width, length, longest, state, w, n, eps, cos, sin)
      all_measures = __torch__.measure(all_h, rule)  # [R, M]
      grid = __torch__.to_grid(all_measures, cell, S * width).view([S, width, all_measures.size(1)])
      log_q = __torch__.reweigh(log_p, grid, real, __torch__.rule_settings(settings))
      kl = torch.where(real, torch.exp(log_q) * (log_q - log_p), 0.).sum(1)
      chosen = __torch__.draw(log_q, count, u, torch.le(settings.select(1, 0), 0))
      chosen_cell = __torch__.places(S, length).squeeze(0) * width + chosen
      row = torch.searchsorted(cell, chosen_cell)
      __torch__.commit(ks, vs, row, length, state, n)
      token = rows.index_select(0, row)
      h = all_h.index_select(0, row)
      measures = all_measures.index_select(0, row)
      measured = torch.isfinite(torch.where(real, log_q, 0.)).all(1)  # a candidate that is not would take the others' weights with it
    if (rules & 1) != 0:
      state[5].narrow(0, 0, S).scatter_(1, token.unsqueeze(1), True)
    if (rules & 2) != 0:
      state[7].narrow(0, 0, S).scatter_add_(1, token.unsqueeze(1), torch.ones_like(token, dtype=6).unsqueeze(1))
    guided = torch.gt(settings.select(1, 4), 0)
    finite, next_count, drawn, cut = __torch__.prepare(h, u, 0, token, bans, rules, most, state, w, n)
    finite = torch.logical_and(finite, torch.logical_or(torch.logical_not(guided), measured))
    decided = torch.where(guided, token, drawn)
    return torch.cat([torch.stack([decided.double(), finite.double(), cut.double(), next_count.double(), kl], 1), measures], 1)

  def move(self: __torch__.Module_, source: int, target: int, state: List[Tensor]) -> int:
    # what a sequence has beside its keys and values, which decode/cache.py moves
    for i in range(2, len(state)):
      state[i][target].copy_(state[i][source])
    return 0
