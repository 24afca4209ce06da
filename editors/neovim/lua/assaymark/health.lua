--- `:checkhealth assaymark`.

local M = {}

local health = vim.health

---@return boolean
local function program()
  local command = require('assaymark.command').program()
  if vim.fn.executable(command[1]) == 0 then
    health.error(('%s is not on PATH'):format(command[1]), {
      'Install it: pipx install assaymark, or in a clone of it: pipx install .',
      "Or name it: vim.lsp.config('assaymark', { cmd = { '/path/to/assaymark', 'lsp' } })",
    })
    return false
  end
  local ok, done = pcall(function()
    return vim.system(vim.list_extend(command, { '--version' }), { text = true, timeout = 10000 }):wait()
  end)
  if not ok or done.code ~= 0 then
    health.error('It does not start: ' .. (ok and vim.trim(done.stderr) or tostring(done)))
    return false
  end
  health.ok(vim.trim(done.stdout))
  return true
end

local function server()
  if not vim.lsp.is_enabled('assaymark') then
    health.warn('The server is not enabled', "In init.lua: vim.lsp.enable('assaymark')")
    return
  end
  health.ok('The server is enabled')
  local clients = vim.lsp.get_clients({ name = 'assaymark' })
  if #clients == 0 then
    health.info('It does not run now: it starts with the first Python file')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    health.ok(('It runs in %s, for %d buffer(s)'):format(client.root_dir or 'a file without a folder', buffers))
  end
end

local function beside()
  health.info(
    vim.lsp.inline_completion and 'Accepted suggestions of inline completion are reported'
      or 'Neovim 0.12 has inline completion, whose accepted suggestions are reported'
  )
  health.info(
    vim.lsp.inlay_hint.is_enabled() and 'Inlay hints are shown'
      or 'Inlay hints are off: vim.lsp.inlay_hint.enable()'
  )
end

--- Effect: says what works and what to do about the rest.
function M.check()
  health.start('assaymark')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 is needed; for 0.10 there is minimal-0.10.lua')
    return
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  if program() then
    server()
    beside()
  end
end

return M
