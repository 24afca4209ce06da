-- One story in a real Neovim: nvim -l neovim_story.lua NVIM PYTHON HERE. A Neovim without a screen is driven from this one,
-- by keys as far as a person would, so that its own loop and autocommands run. One line is printed for each step.

local nvim, python, here = arg[1], arg[2], arg[3]
local child = vim.fn.jobstart({ nvim, '-n', '--embed', '--headless', 'shop.py' }, { rpc = true })
local failed = 0

local function ask(...)
  return vim.rpcrequest(child, ...)
end
local function lua(code, ...)
  return ask('nvim_exec_lua', code, { ... })
end
local function keys(text)
  ask('nvim_input', text)
end

--- What `look` gives once it is true. It is asked again and again, for at most half a minute.
local function until_(look)
  local found
  local ok = vim.wait(tonumber(arg[4] or 30000), function()
    found = look()
    return found
  end, 10)
  if not ok then
    local shown = lua([[return vim.fn.execute('messages') .. '\n' .. vim.api.nvim_get_mode().mode .. '\n'
      .. table.concat(vim.fn.getline(1, '$'), '\n')]])
    error('it never came; messages, mode and text: ' .. shown, 2)
  end
  return found
end
local function step(name, act)
  local began = vim.uv.hrtime()
  local ok, problem = xpcall(act, debug.traceback)
  failed = failed + (ok and 0 or 1)
  local took = (vim.uv.hrtime() - began) / 1e6
  io.stdout:write(('%s %s %.0f ms%s\n'):format(ok and 'ok' or 'FAIL', name, took, ok and '' or '\n' .. problem))
end
local function equal(got, wanted)
  assert(vim.deep_equal(got, wanted), ('wanted %s, got %s'):format(vim.inspect(wanted), vim.inspect(got)))
end

--- Lines (from 1) and rules of the findings that are shown.
local function findings()
  return lua([[
    return vim.tbl_map(function(one) return ('%d %s'):format(one.lnum + 1, one.code) end,
      vim.tbl_filter(function(one) return one.source == 'assaymark' end, vim.diagnostic.get(0)))
  ]])
end
local function shows(...)
  local wanted = { ... }
  until_(function()
    local got = findings()
    table.sort(got)
    return vim.deep_equal(got, wanted)
  end)
end
--- Whose the line of the first finding at `line` (from 1) is, and on what evidence.
local function origin(line)
  return lua([[
    for _, one in ipairs(vim.diagnostic.get(0, { lnum = ... })) do
      local said = vim.tbl_get(one, 'user_data', 'lsp', 'data', 'origin') or {}
      return ('%s %s %s'):format(said.author, said.evidence, said.tool)
    end
    return ''
  ]], line - 1)
end
local function is_of(line, wanted)
  local last
  local ok = pcall(until_, function()
    last = origin(line)
    return last == wanted
  end)
  assert(ok, ('line %d is wanted of "%s", and is of "%s"'):format(line, wanted, last))
end
local function line(number)
  return lua('return vim.fn.getline(...)', number)
end
local function quickfix()
  return lua([[return vim.tbl_map(function(one)
    return ('%s:%d: %s'):format(vim.fn.fnamemodify(vim.fn.bufname(one.bufnr), ':t'), one.lnum, one.text)
  end, vim.fn.getqflist())]])
end
local function hints()
  return lua([[return vim.tbl_map(function(one)
    return ('%d %s'):format(one.inlay_hint.position.line + 1, one.inlay_hint.label)
  end, vim.lsp.inlay_hint.get({ bufnr = 0 }))]])
end

step('a file with a flaw is opened', function()
  shows('5 yaml-unsafe-load')
end)

step('a flaw is typed', function()
  keys('Go<CR>def run(text):<CR>return eval(text)<Esc>')
  shows('12 eval-code', '5 yaml-unsafe-load')
  is_of(12, 'human typed nil')
end)

step('hover', function()
  keys('12G^wK')
  local text = until_(function()
    return lua([[
      for _, window in ipairs(vim.api.nvim_list_wins()) do
        if vim.api.nvim_win_get_config(window).relative ~= '' then
          return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true), '\n')
        end
      end
      return false
    ]])
  end)
  assert(text:find('eval', 1, true), text)
end)

step('undo and redo', function()
  keys('12Gdd')
  shows('5 yaml-unsafe-load')
  keys('u')
  shows('12 eval-code', '5 yaml-unsafe-load')
  is_of(12, 'human typed nil')
  keys('<C-r>')
  shows('5 yaml-unsafe-load')
  keys('u')
  is_of(12, 'human typed nil')
end)

step('a suggestion is accepted: it is an AI\'s, and what was typed is not', function()
  lua([[
    local python, server = ...
    vim.lsp.config('suggesting', { cmd = { python, server, 'yaml.load(body)\n    return value' }, filetypes = { 'python' } })
    vim.lsp.enable('suggesting')
    vim.lsp.inline_completion.enable()
    vim.keymap.set('i', '<Tab>', function()
      return vim.lsp.inline_completion.get() and '' or '<Tab>'
    end, { expr = true })
  ]], python, here .. '/completing_server.py')
  until_(function()
    return lua([[local one = vim.lsp.get_clients({ name = 'suggesting', bufnr = 0 })[1]; return one and one.initialized or false]])
  end)
  keys('Go<Esc>0D0i<CR>def load(body):<CR>value = ')
  until_(function()
    return lua([[
      local space = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
      return space and #vim.api.nvim_buf_get_extmarks(0, space, 0, -1, {}) > 0
    ]])
  end)
  keys('<Tab>')
  local last = until_(function()
    local n = lua("return vim.fn.line('$')")
    return line(n) == '    return value' and n
  end)
  keys('<Esc>')
  equal(line(last - 1), '    value = yaml.load(body)')
  is_of(last - 1, 'ai accept suggesting')
  local unread = lua([[
    local got = vim.lsp.buf_request_sync(0, 'assaymark/unreviewed', vim.empty_dict(), 5000)
    local all = {}
    for _, one in pairs(got) do
      for _, item in ipairs(one.result or {}) do
        all[#all + 1] = ('%s %d'):format(item.kind, item.range.start.line + 1)
      end
    end
    return all
  ]])
  -- The lines that were typed before it are in no list.
  equal(unread, { ('finding %d'):format(last - 1), ('lines %d'):format(last - 1) })
  lua("vim.lsp.enable('suggesting', false)")
end)

step('a suggestion of Copilot\'s that its own plug-in puts in', function()
  lua([[
    local python, server = ...
    vim.lsp.config('copilot', { cmd = { python, server, 'eval(body)' }, filetypes = { 'python' } })
    vim.lsp.enable('copilot')
  ]], python, here .. '/completing_server.py')
  until_(function()
    return lua([[local one = vim.lsp.get_clients({ name = 'copilot', bufnr = 0 })[1]; return one and one.initialized or false]])
  end)
  keys('Go<Esc>0D0i<CR>again = ')
  until_(function()
    return line(lua("return vim.fn.line('$')")) == 'again = '
  end)
  -- As copilot.vim does: ask, tell what is accepted, put it in.
  lua([[
    local client = vim.lsp.get_clients({ name = 'copilot' })[1]
    local where = vim.lsp.util.make_position_params(0, client.offset_encoding)
    client:request('textDocument/inlineCompletion', where, function(_, result)
      local item = result.items[1]
      client:request('workspace/executeCommand', item.command, function() end, 0)
      vim.api.nvim_put({ item.insertText }, 'c', false, true)
    end, 0)
  ]])
  local last = until_(function()
    local n = lua("return vim.fn.line('$')")
    return line(n) == 'again = eval(body)' and n
  end)
  keys('<Esc>')
  is_of(last, 'ai accept copilot')
  lua("vim.lsp.enable('copilot', false)")
end)

step('what CodeCompanion writes between its autocommands', function()
  lua([[
    local data = { bufnr = 0, adapter = { name = 'anthropic', model = 'a-model' } }
    vim.api.nvim_exec_autocmds('User', { pattern = 'CodeCompanionInlineStarted', data = data })
    vim.api.nvim_buf_set_lines(0, -1, -1, false, { '', 'made = eval(again)' })
    vim.api.nvim_exec_autocmds('User', { pattern = 'CodeCompanionInlineFinished', data = { bufnr = 0 } })
  ]])
  is_of(lua("return vim.fn.line('$')"), 'ai accept codecompanion')
end)

step('what is pasted keeps the origin that it had', function()
  keys('Gyy2GP')
  until_(function()
    return line(2) == 'made = eval(again)'
  end)
  is_of(2, 'ai accept codecompanion')
  keys('u')
  until_(function()
    return line(2) == ''
  end)
end)

step('a line that is put right below itself keeps its origin, and so does one that was cut', function()
  local last = lua("return vim.fn.line('$')")
  keys('Gyyp')
  is_of(until_(function()
    return line(last + 1) == 'made = eval(again)' and last + 1
  end), 'ai accept codecompanion')
  is_of(last, 'ai accept codecompanion')
  keys('ddggp')
  until_(function()
    return line(2) == 'made = eval(again)'
  end)
  is_of(2, 'ai accept codecompanion')
  keys('uu')
  until_(function()
    return line(last + 1) == 'made = eval(again)'
  end)
  keys('u')
  until_(function()
    return lua("return vim.fn.line('$')") == last
  end)
end)

step('undo of what was accepted, and redo', function()
  keys('Gdd')
  until_(function()
    return line(lua("return vim.fn.line('$')")) ~= 'made = eval(again)'
  end)
  keys('u')
  until_(function()
    return line(lua("return vim.fn.line('$')")) == 'made = eval(again)'
  end)
  is_of(lua("return vim.fn.line('$')"), 'ai accept codecompanion')
end)

step('a quick fix', function()
  keys('5G^w<Cmd>lua vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title:find("safe_load", 1, true) end })<CR>')
  until_(function()
    return line(5):find('safe_load', 1, true)
  end)
  until_(function()
    return not vim.tbl_contains(findings(), '5 yaml-unsafe-load')
  end)
end)

step('the status, in its line and by its command', function()
  until_(function()
    return lua("return require('assaymark').statusline()") == 'assaymark: 4 findings'
  end)
  keys('<Cmd>Assaymark status<CR>')
  until_(function()
    return lua("return vim.fn.execute('messages')"):find('Assaymark: findings: ', 1, true)
  end)
end)

step('completion of the command', function()
  equal(lua("return vim.fn.getcompletion('Assaymark re', 'cmdline')"), { 'reviewed' })
  equal(lua("return vim.fn.getcompletion('Assaymark reviewed f', 'cmdline')"), { 'function', 'file' })
end)

step('an agent writes, and the list of its session', function()
  keys('<Cmd>write<CR>')
  until_(function()
    return not lua('return vim.bo.modified')
  end)
  vim.fn.system({ python, here .. '/agent_edit.py', lua("return vim.fn.expand('%:p')"), '    return 1\n', '    return 1\n\n\ndef third(given):\n    limit  =  5\n    return eval(given)\n' })
  equal(vim.v.shell_error, 0)
  keys('<Cmd>checktime<CR>')
  until_(function()
    return line(18):find('eval%(given%)') or lua("return vim.fn.search('eval(given)', 'nw')") > 0
  end)
  local at = lua("return vim.fn.search('eval(given)', 'nw')")
  is_of(at, 'ai hook claude')
  until_(function()
    return vim.tbl_contains(hints(), ('%d AI, not reviewed'):format(at - 2))
  end)
  keys('<Cmd>Assaymark session<CR>')
  local got = until_(function()
    local got = quickfix()
    return #got > 0 and got
  end)
  assert(got[1]:find('^shop.py:' .. at .. ': high: '), vim.inspect(got))
  keys('<Cmd>cclose<CR>')
end)

step('the list of what is not reviewed', function()
  keys('<Cmd>Assaymark unreviewed<CR>')
  until_(function()
    return vim.iter(quickfix()):any(function(one)
      return one:find('not reviewed: Claude Code', 1, true)
    end)
  end)
  keys('<Cmd>cclose<CR>')
end)

local function has_hint(at)
  return vim.iter(hints()):any(function(one)
    return one:find(('^%d '):format(at))
  end)
end

step('marked as reviewed, and formatted: still reviewed', function()
  local at = lua("return vim.fn.search('def third', 'nw')")
  lua('vim.fn.cursor(...)', at + 1, 1)
  keys('<Cmd>Assaymark reviewed function<CR>')
  until_(function()
    return not has_hint(at)
  end)
  lua([[
    local python, server = ...
    vim.lsp.config('formatting', { cmd = { python, server }, filetypes = { 'python' } })
    vim.lsp.enable('formatting')
  ]], python, here .. '/formatting_server.py')
  until_(function()
    return lua([[local one = vim.lsp.get_clients({ name = 'formatting', bufnr = 0 })[1]; return one and one.initialized or false]])
  end)
  keys('<Cmd>lua vim.lsp.buf.format({ name = "formatting" })<CR>')
  until_(function()
    return line(at + 1) == '    limit = 5'
  end)
  -- The answer to a request stands behind all that the edit brought about.
  lua("vim.lsp.buf_request_sync(0, 'assaymark/status', { uri = vim.uri_from_bufnr(0) }, 5000)")
  assert(not has_hint(at) and not has_hint(at + 1), vim.inspect(hints()))
  keys('<Cmd>write<CR>')
end)

step('an agent writes there again: not reviewed', function()
  until_(function()
    return not lua('return vim.bo.modified')
  end)
  vim.fn.system({ python, here .. '/agent_edit.py', lua("return vim.fn.expand('%:p')"), '    limit = 5\n', '    limit = 6000\n' })
  equal(vim.v.shell_error, 0)
  keys('<Cmd>checktime<CR>')
  local at = until_(function()
    local at = lua("return vim.fn.search('limit = 6000', 'nw')")
    return at > 0 and at
  end)
  until_(function()
    return has_hint(at)
  end)
end)

step('hints are turned off and on again, ours alone', function()
  keys('<Cmd>Assaymark hints off<CR>')
  until_(function()
    return #hints() == 0
  end)
  equal(lua('return vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })'), true)
  keys('<Cmd>Assaymark hints on<CR>')
  until_(function()
    return #hints() > 0
  end)
end)

step('blame, why, explain and hooks', function()
  keys('<Cmd>Assaymark blame<CR>')
  until_(function()
    return vim.iter(quickfix()):any(function(one)
      return one:find('AI claude', 1, true)
    end)
  end)
  keys('<Cmd>cclose<CR><Cmd>Assaymark why<CR>')
  until_(function()
    return lua([[return vim.iter(vim.api.nvim_list_wins()):any(function(one)
      return vim.api.nvim_win_get_config(one).relative ~= ''
    end)]])
  end)
  keys('<Esc><Cmd>Assaymark explain eval-code<CR>')
  until_(function()
    return lua("return vim.fn.expand('%:t')") == 'eval-code.md'
  end)
  keys('<Cmd>buffer shop.py<CR><Cmd>Assaymark hooks<CR>')
  until_(function()
    return lua("return vim.bo.buftype == 'nofile' and vim.fn.search('[Cc]laude', 'nw') > 0")
  end)
  keys('<Cmd>close<CR>')
end)

step('checkhealth', function()
  keys('<Cmd>checkhealth assaymark<CR>')
  local text = until_(function()
    local text = lua("return table.concat(vim.fn.getline(1, '$'), '\\n')")
    return text:find('It runs in', 1, true) and text
  end)
  assert(not text:find('ERROR', 1, true) and not text:find('WARN', 1, true), text)
  assert(text:find('assaymark 0', 1, true), text)
end)

step('help: every tag is there once, every link leads somewhere', function()
  local lost = lua([[
    vim.cmd('help assaymark')
    local lost = {}
    for link in table.concat(vim.fn.getline(1, '$'), '\n'):gmatch('|(%S-)|') do
      if not pcall(vim.cmd.help, { args = { link } }) then lost[#lost + 1] = link end
    end
    return lost
  ]])
  equal(lost, {})
end)

step('the end', function()
  keys('<Cmd>qall!<CR>')
  equal(vim.fn.jobwait({ child }, 10000), { 0 })
end)

io.stdout:write(('%d failed\n'):format(failed))
vim.fn.jobstop(child)
os.exit(failed == 0 and 0 or 1)
