--- Where edits come from: says so to the server, just behind the change that it is about.
---
--- Every function of Neovim that is wrapped here is called through, whatever happens: a report that fails says
--- nothing and changes nothing. What is typed is never reported.

---@alias assaymark.Kind 'accept'|'agent'|'paste'|'undo'|'redo'|'format'|'rename'|'tool'

---@class assaymark.Said Names, never text of a prompt.
---@field tool? string
---@field model? string
---@field evidence? 'accept'|'hook'

---@class assaymark.Span The edits that are made while it is open are of its kind.
---@field kind assaymark.Kind
---@field said assaymark.Said
---@field lasting boolean Whether a person may be typing meanwhile.

---@class assaymark.Track What is known of a buffer's changes.
---@field now integer The number of the change that it stands at.
---@field top integer The greatest number that there was.
---@field versions integer[] Versions that the server got since it was last looked.

local M = {}

local MOST_LINES = 5000

---@type assaymark.Span[]
local open = {}
---@type table<integer, assaymark.Track>
local tracks = {}
---@type table<integer, boolean>
local followed = {}

---@param client vim.lsp.Client
---@param kind assaymark.Kind
---@param said assaymark.Said
---@param uri string
---@param version integer?
---@param text string?
local function report(client, kind, said, uri, version, text)
  local params = vim.tbl_extend('force', said, { uri = uri, kind = kind, version = version, text = text })
  pcall(client.notify, client, 'assaymark/origin', params)
end

---@return vim.lsp.Client[]
local function clients()
  return vim.tbl_filter(function(client)
    return followed[client.id] ~= nil
  end, vim.lsp.get_clients({ name = 'assaymark' }))
end

--- Effect: the server has every change that was made; Neovim sends what it holds back before any other message.
local function flush()
  for _, client in ipairs(clients()) do
    pcall(client.notify, client, '$/setTrace', { value = 'off' })
  end
end

---@param bufnr integer
---@return assaymark.Span?
local function span_of(bufnr)
  local span = open[#open]
  local typing = vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' and vim.api.nvim_get_current_buf() == bufnr
  return span and not (span.lasting and typing) and span or nil
end

--- Effect: a change that the server just got is reported, or remembered until it is known what it was.
---@param client vim.lsp.Client
---@param document { uri: string, version: integer }
local function changed(client, document)
  local bufnr = vim.uri_to_bufnr(document.uri)
  local span, track = span_of(bufnr), tracks[bufnr]
  if span then
    report(client, span.kind, span.said, document.uri, document.version)
  elseif track then
    track.versions[#track.versions + 1] = document.version
  end
end

--- What ends the span. Effect: edits are of this kind from now on.
---@param kind assaymark.Kind
---@param said? assaymark.Said
---@param lasting? boolean
---@return fun()
function M.begin(kind, said, lasting)
  flush()
  ---@type assaymark.Span
  local span = { kind = kind, said = said or {}, lasting = lasting or false }
  -- Of two at once, as a paste by which a suggestion is put in, the first knows more.
  if not (open[#open] and not open[#open].lasting) then
    open[#open + 1] = span
  end
  return function()
    flush()
    for at = #open, 1, -1 do
      if open[at] == span then
        table.remove(open, at)
      end
    end
  end
end

--- What `act` returns. Effect: the edits that it makes are reported as of this kind.
---@generic T
---@param kind assaymark.Kind
---@param act fun(): T
---@param said? assaymark.Said
---@return T
function M.during(kind, act, said)
  local finish = M.begin(kind, said)
  local results = vim.F.pack_len(pcall(act))
  finish()
  if not results[1] then
    error(results[2], 0)
  end
  return unpack(results, 2, results.n)
end

--- Effect: a suggestion was accepted that stands, or is about to, in the buffer as `text`.
---@param bufnr integer
---@param text string
---@param said assaymark.Said
function M.accepted(bufnr, text, said)
  if open[#open] or text == '' then
    return
  end
  for _, client in ipairs(clients()) do
    if vim.lsp.buf_is_attached(bufnr, client.id) then
      report(client, 'accept', said, vim.uri_from_bufnr(bufnr), nil, text)
    end
  end
end

--- Whether what was just put into the buffer is what a register holds.
---@param bufnr integer
---@return boolean
local function is_put(bufnr)
  local first, last = vim.fn.getpos("'["), vim.fn.getpos("']")
  if last[2] - first[2] > MOST_LINES or last[2] > vim.api.nvim_buf_line_count(bufnr) then
    return false
  end
  for _, register in ipairs({ '"', '0' }) do
    local kind = vim.fn.getregtype(register)
    local ok, lines = pcall(vim.fn.getregion, first, last, { type = kind:sub(1, 1) == 'V' and 'V' or 'v' })
    local held = vim.fn.getreg(register, 1, true)
    if ok and #table.concat(lines, '\n') > 1 and vim.deep_equal(lines, held) then
      return true
    end
  end
  return false
end

--- Effect: an undo, a redo or a put since the last look is reported.
---@param bufnr integer
local function look(bufnr)
  local track = tracks[bufnr]
  if not track or vim.api.nvim_get_current_buf() ~= bufnr then
    return
  end
  local now, before = vim.fn.changenr(), track.now
  local kind ---@type assaymark.Kind?
  if now < before then
    kind = 'undo'
  elseif now > before and now <= track.top then
    kind = 'redo'
  elseif now > before and vim.api.nvim_get_mode().mode == 'n' and is_put(bufnr) then
    kind = 'paste'
  end
  if kind then
    flush()
    for _, client in ipairs(clients()) do
      for _, version in ipairs(track.versions) do
        report(client, kind, {}, vim.uri_from_bufnr(bufnr), version)
      end
    end
  end
  track.now, track.top, track.versions = now, math.max(now, track.top), {}
end

--- Effect: the table's function is called within a span, if it is there.
---@param holder table<string, any>
---@param name string
---@param kind assaymark.Kind
local function wrap(holder, name, kind)
  local original = holder[name]
  if type(original) ~= 'function' then
    return
  end
  holder[name] = function(...)
    local given = vim.F.pack_len(...)
    return M.during(kind, function()
      return original(unpack(given, 1, given.n))
    end)
  end
end

--- Effect: a suggestion that Neovim's own completion puts in is reported; another `on_accept` is asked first.
local function listen_to_suggestions()
  local completion = vim.lsp.inline_completion
  if not completion then
    return
  end
  local get = completion.get
  completion.get = function(opts)
    opts = vim.tbl_extend('force', {}, opts or {})
    local theirs = opts.on_accept
    opts.on_accept = function(item)
      local from = vim.lsp.get_client_by_id(item.client_id)
      -- Neovim puts it in when this returns, and comes to what is scheduled afterwards.
      vim.schedule(M.begin('accept', { tool = from and require('assaymark.copilot').tool(from.name) }))
      if theirs then
        return theirs(item)
      end
      return item
    end
    return get(opts)
  end
end

--- Effect: what CodeCompanion writes between its own autocommands is reported as its.
local function listen_to_codecompanion()
  local finish ---@type fun()?
  vim.api.nvim_create_autocmd('User', {
    group = 'assaymark',
    pattern = { 'CodeCompanionInline*', 'CodeCompanionTool*' },
    callback = function(event)
      local adapter = type(event.data) == 'table' and event.data.adapter or {}
      if finish then
        finish()
        finish = nil
      end
      if event.match:match('Started$') then
        local model = type(adapter.model) == 'string' and adapter.model or nil
        finish = M.begin('agent', { tool = 'codecompanion', model = model }, true)
      end
    end,
  })
end

local is_listening = false

--- Effect: Neovim's own ways to change a text by more than a key say so. Done once.
local function listen()
  if is_listening then
    return
  end
  is_listening = true
  wrap(vim, 'paste', 'paste')
  wrap(vim.lsp.buf, 'format', 'format')
  wrap(vim.lsp.handlers, 'textDocument/formatting', 'format')
  wrap(vim.lsp.handlers, 'textDocument/rangeFormatting', 'format')
  wrap(vim.lsp.handlers, 'textDocument/rename', 'rename')
  listen_to_suggestions()
  listen_to_codecompanion()
end

--- Effect: changes in the buffer are followed, on their way to the server and when they are taken back.
---@param client vim.lsp.Client
---@param bufnr integer
function M.follow(client, bufnr)
  listen()
  if not followed[client.id] then
    followed[client.id] = true
    local notify = client.notify
    client.notify = function(self, method, params, ...)
      local results = vim.F.pack_len(notify(self, method, params, ...))
      if method == 'textDocument/didChange' then
        pcall(changed, client, params.textDocument)
      end
      return unpack(results, 1, results.n)
    end
  end
  if tracks[bufnr] then
    return
  end
  local tree = vim.fn.undotree(bufnr)
  tracks[bufnr] = { now = tree.seq_cur, top = tree.seq_last, versions = {} }
  vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'TextChangedP', 'InsertEnter', 'InsertLeave' }, {
    group = 'assaymark',
    buffer = bufnr,
    callback = function()
      look(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = 'assaymark',
    buffer = bufnr,
    callback = function()
      tracks[bufnr] = nil
    end,
  })
end

return M
