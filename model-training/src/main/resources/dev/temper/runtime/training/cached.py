  # A model that reads the same sequences as others, with keys and values of its own: state = [keys, values [layers, slots, kv, time, dim]].
  # Outputs are those of its output layer: a vocabulary's logits, or a classifier's labels.

  def read(self: __torch__.Module_, ids: Tensor, position: Tensor, slots: List[int], starts: List[int], counts: List[int], last: Tensor, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    # prompts, read to their ends (read_chunks); last [S]: their last rows -> [S, outputs]
    x = __torch__.read_chunks(ids, position, slots, starts, counts, state, w, n, eps, cos, sin)
    return __torch__.head(__torch__.final(x.index_select(0, last), w, n, eps), w, n)

  def step(self: __torch__.Module_, ids: Tensor, length: Tensor, longest: int, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    # ids [S]: the next token of every running sequence, which is cached; length [S]: tokens before it -> [S, outputs]
    row = __torch__.places(ids.size(0), ids).squeeze(0)
    h, ks, vs = __torch__.read_fan(ids, row, 1, length, longest, state, w, n, eps, cos, sin)
    __torch__.commit(ks, vs, row, length, state, n)
    return __torch__.head(h, w, n)

  def fan(self: __torch__.Module_, ids: Tensor, count: Tensor, length: Tensor, longest: int, first: int, state: List[Tensor], w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tensor:
    # ids [S, width]: candidates for the next token of the sequences in slots first.., count [S] of them, none of which is cached
    # -> [S, width, outputs], zero beyond count
    S, width = ids.size(0), ids.size(1)
    mine = [state[0].narrow(1, first, S), state[1].narrow(1, first, S)]
    cell = torch.lt(__torch__.places(width, ids), count.unsqueeze(1)).reshape([-1]).nonzero().squeeze(1)  # [R]
    rows = ids.reshape([-1]).index_select(0, cell)
    h, ks, vs = __torch__.read_fan(rows, cell, width, length, longest, mine, w, n, eps, cos, sin)
    return __torch__.to_grid(__torch__.head(h, w, n), cell, S * width).view([S, width, -1])
