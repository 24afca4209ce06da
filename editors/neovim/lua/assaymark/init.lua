--- What other configurations use: `setup`, for which nobody is forced, the status line, and reports of edits.
---
--- The server decides all that can be decided there; this plug-in shows it and says where edits come from.

---@class assaymark.Counts
---@field low integer
---@field medium integer
---@field high integer
---@field critical integer

---@class assaymark.Status
---@field uri string
---@field state 'clean'|'findings'|'partial'|'failed'|'timed out'|'not analysed'
---@field reason string
---@field counts assaymark.Counts

---@class assaymark.Options
---@field origins? boolean Whether the server is told where edits come from (default true).
---@field hints? boolean Whether inlay hints are shown as soon as the server is there (default true with `setup`).
---@field cmd? string[] How the server is started (default `{ 'assaymark', 'lsp' }`).
---@field settings? table<string, any> Settings of the server, in camelCase.

local M = {}

---@type table<string, assaymark.Status>
local standing = {}

---@type assaymark.Options
M.options = { origins = true, hints = false }

--- Effect: the server is started for Python files, with what `options` say.
---@param options? assaymark.Options
function M.setup(options)
  M.options = vim.tbl_extend('force', { origins = true, hints = true }, options or {})
  ---@type vim.lsp.Config
  local config = {}
  if M.options.cmd then
    config.cmd = M.options.cmd
  end
  if M.options.settings then
    config.settings = { assaymark = M.options.settings }
  end
  vim.lsp.config('assaymark', config)
  vim.lsp.enable('assaymark')
end

--- The client of the server: that of the buffer, else any.
---@param bufnr? integer
---@return vim.lsp.Client?
function M.client(bufnr)
  local here = vim.lsp.get_clients({ name = 'assaymark', bufnr = bufnr or vim.api.nvim_get_current_buf() })
  return here[1] or vim.lsp.get_clients({ name = 'assaymark' })[1]
end

--- Effect: a client came to a buffer; edits in it are reported from now on.
---@param client vim.lsp.Client
---@param bufnr integer
function M.attached(client, bufnr)
  if client.name == 'assaymark' then
    if M.options.origins then
      require('assaymark.origin').follow(client, bufnr)
    end
    if M.options.hints then
      vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
    end
  elseif client.name:lower():find('copilot', 1, true) and M.options.origins then
    require('assaymark.copilot').follow(client)
  end
end

--- Effect: `status` is what the status line says of its file.
---@param status assaymark.Status
function M.stands(status)
  standing[status.uri] = status
  vim.cmd.redrawstatus({ bang = true })
end

--- What a status line shows of a buffer: empty where the server has said nothing of it.
---@param bufnr? integer
---@return string
function M.statusline(bufnr)
  local status = standing[vim.uri_from_bufnr(bufnr or vim.api.nvim_get_current_buf())]
  if not status or not M.client(bufnr) then
    return ''
  end
  if status.state ~= 'findings' then
    return 'assaymark: ' .. status.state
  end
  local n = 0
  for _, count in pairs(status.counts) do
    n = n + count
  end
  return ('assaymark: %d finding%s'):format(n, n == 1 and '' or 's')
end

--- What `act` returns. Effect: the edits that it makes are reported as of this kind, as in
--- `require('assaymark').during('format', function() vim.cmd('%!black -q -') end)`.
---@generic T
---@param kind assaymark.Kind
---@param act fun(): T
---@param said? assaymark.Said
---@return T
function M.during(kind, act, said)
  return require('assaymark.origin').during(kind, act, said)
end

return M
