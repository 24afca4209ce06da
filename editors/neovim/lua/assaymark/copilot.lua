--- Suggestions of Copilot's language server that a plug-in of its own shows and puts in.
---
--- Such a plug-in tells its server what was accepted; that message is listened to and passed on as it is.

local M = {}

local ACCEPT = 'github.copilot.didAcceptCompletionItem'
local MOST = 50

---@type table<string, string>
local offered = {}
---@type string[]
local order = {}
---@type table<integer, boolean>
local followed = {}

--- The name of a tool by that of its client.
---@param client string
---@return string
function M.tool(client)
  return client:lower():find('copilot', 1, true) and 'copilot' or client
end

--- What `text` adds to what stands in the buffer from `start` on.
---@param bufnr integer
---@param start lsp.Position
---@param text string
---@param encoding string
---@return string
local function added(bufnr, start, text, encoding)
  local line = vim.api.nvim_buf_get_lines(bufnr, start.line, start.line + 1, false)[1] or ''
  local ok, column = pcall(vim.str_byteindex, line, encoding, start.character, false)
  local there = line:sub((ok and column or 0) + 1)
  local n = 0
  while n < #there and n < #text and there:byte(n + 1) == text:byte(n + 1) do
    n = n + 1
  end
  return text:sub(n + 1)
end

--- Effect: what is offered is known by the identifier with which it would be accepted.
---@param bufnr integer
---@param encoding string
---@param result any
local function remember(bufnr, encoding, result)
  for _, item in ipairs(type(result) == 'table' and (result.items or result) or {}) do
    local id = vim.tbl_get(item, 'command', 'arguments', 1) or item.uuid
    local text, start = item.insertText or item.text, vim.tbl_get(item, 'range', 'start')
    if type(id) == 'string' and type(text) == 'string' then
      offered[id] = start and added(bufnr, start, text, encoding) or text
      order[#order + 1] = id
      if #order > MOST then
        offered[table.remove(order, 1)] = nil
      end
    end
  end
end

--- Effect: when a message says that something was accepted, the server hears of it.
---@param method string
---@param params any
local function heard(method, params)
  local id ---@type any
  if method == 'workspace/executeCommand' and params.command == ACCEPT then
    id = (params.arguments or {})[1]
  elseif method == 'notifyAccepted' then
    id = params.uuid
  end
  local text = type(id) == 'string' and offered[id]
  if text then
    offered[id] = nil
    require('assaymark.origin').accepted(vim.api.nvim_get_current_buf(), text, { tool = 'copilot' })
  end
end

--- Effect: what the client tells its server is listened to.
---@param client vim.lsp.Client
function M.follow(client)
  if followed[client.id] then
    return
  end
  followed[client.id] = true
  local request, notify, exec = client.request, client.notify, client.exec_cmd
  client.request = function(self, method, params, handler, bufnr, ...)
    pcall(heard, method, params)
    local theirs = handler
    if theirs and (method == 'textDocument/inlineCompletion' or method == 'getCompletions') then
      handler = function(problem, result, context, ...)
        pcall(remember, (bufnr and bufnr > 0) and bufnr or vim.api.nvim_get_current_buf(), client.offset_encoding, result)
        return theirs(problem, result, context, ...)
      end
    end
    return request(self, method, params, handler, bufnr, ...)
  end
  client.notify = function(self, method, params, ...)
    pcall(heard, method, params)
    return notify(self, method, params, ...)
  end
  client.exec_cmd = function(self, command, ...)
    pcall(heard, 'workspace/executeCommand', command)
    return exec(self, command, ...)
  end
end

return M
