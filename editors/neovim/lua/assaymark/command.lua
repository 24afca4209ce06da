--- `:Assaymark` and its subcommands.
---
--- What the server answers is asked of it; what only the command line says is asked of that, with the saved file.

local lists = require('assaymark.lists')

local M = {}

---@param text string
---@param level? integer
local function say(text, level)
  vim.notify(text, level or vim.log.levels.INFO, { title = 'Assaymark' })
end

---@param text string
local function complain(text)
  say('Assaymark: ' .. text, vim.log.levels.ERROR)
end

--- Effect: the server is asked; `take` has its answer.
---@param method string
---@param params table
---@param take fun(result: any, client: vim.lsp.Client)
local function ask(method, params, take)
  local client = require('assaymark').client()
  if not client then
    return complain('the server does not run here. :checkhealth assaymark says why')
  end
  client:request(method, params, function(problem, result)
    if problem then
      return complain(problem.message)
    end
    take(result, client)
  end, vim.api.nvim_get_current_buf())
end

---@param command string
---@param argument any
---@param take? fun(result: any, client: vim.lsp.Client)
local function execute(command, argument, take)
  ask('workspace/executeCommand', { command = command, arguments = { argument } }, take or function() end)
end

--- How the command line is started: as the server is, without its word.
---@return string[]
function M.program()
  local client = require('assaymark').client()
  local config = client and client.config or vim.lsp.config.assaymark
  local cmd = config and config.cmd
  if type(cmd) ~= 'table' then
    return { 'assaymark' }
  end
  return vim.list_slice(cmd, 1, cmd[#cmd] == 'lsp' and #cmd - 1 or #cmd)
end

--- Effect: the command line runs; `take` has what it printed.
---@param words string[]
---@param take fun(said: string)
local function run(words, take)
  local command = vim.list_extend(M.program(), words)
  local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(0))
  local known = vim.uv.fs_stat(folder) ~= nil
  local ok, problem = pcall(vim.system, command, { text = true, cwd = known and folder or nil }, function(done)
    vim.schedule(function()
      if done.stdout == '' and done.code ~= 0 then
        complain(vim.trim(done.stderr ~= '' and done.stderr or ('ended with ' .. done.code)))
      else
        take(done.stdout)
      end
    end)
  end)
  if not ok then
    complain(tostring(problem))
  end
end

---@param title string
---@param entries vim.quickfix.entry[]
---@param otherwise string What is said when there is nothing.
local function list(title, entries, otherwise)
  if #entries == 0 then
    return say(otherwise)
  end
  vim.fn.setqflist({}, ' ', { title = title, items = entries })
  vim.cmd('botright copen')
end

--- Effect: the text is shown beside, in a buffer that is not a file.
---@param text string
---@param filetype string
local function show(text, filetype)
  vim.cmd('botright new')
  local bufnr = vim.api.nvim_get_current_buf()
  vim.bo[bufnr].buftype, vim.bo[bufnr].bufhidden, vim.bo[bufnr].swapfile = 'nofile', 'wipe', false
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(vim.trim(text), '\n'))
  vim.bo[bufnr].modifiable, vim.bo[bufnr].filetype = false, filetype
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = bufnr, desc = 'Close' })
end

---@return string? file The saved file of the buffer; complains where there is none.
local function saved()
  local file = vim.api.nvim_buf_get_name(0)
  if file == '' or not vim.uv.fs_stat(file) then
    return complain('this buffer is no file that was saved')
  end
  if vim.bo.modified then
    say('Assaymark: about the file as it was saved')
  end
  return file
end

---@class assaymark.Given
---@field args string[] What follows the subcommand.
---@field range? { first: integer, last: integer } Lines from 1.

--- What reviews are about: chosen lines, else what the argument says at the cursor.
---@param given assaymark.Given
---@return table
local function target(given)
  local uri = vim.uri_from_bufnr(0)
  if given.range then
    return {
      uri = uri,
      range = {
        start = { line = given.range.first - 1, character = 0 },
        ['end'] = { line = given.range.last, character = 0 },
      },
    }
  end
  return { uri = uri, scope = given.args[1] or 'run', line = vim.api.nvim_win_get_cursor(0)[1] - 1 }
end

--- The rules of the buffer's findings, that under the cursor first.
---@return string[]
local function rules()
  local here, found, seen = vim.api.nvim_win_get_cursor(0)[1] - 1, {}, {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local rule = tostring(diagnostic.code)
    if diagnostic.source == 'assaymark' and not seen[rule] then
      seen[rule] = true
      table.insert(found, diagnostic.lnum == here and 1 or #found + 1, rule)
    end
  end
  return found
end

---@class assaymark.Subcommand
---@field run fun(given: assaymark.Given)
---@field complete? fun(): string[]

---@type table<string, assaymark.Subcommand>
M.subcommands = {
  blame = {
    run = function()
      local file = saved()
      if file then
        run({ 'blame', '--json', file }, function(said)
          local entries = lists.blame(vim.json.decode(said), file)
          list('Assaymark: where lines come from', entries, 'Assaymark: the file is empty')
        end)
      end
    end,
  },
  check = {
    run = function()
      execute('assaymark.checkWorkspace', nil, function(counts)
        say(('Assaymark: %d other files checked; their findings are diagnostics'):format(counts.files))
      end)
    end,
  },
  explain = {
    complete = rules,
    run = function(given)
      local rule = given.args[1] or rules()[1]
      if not rule then
        return complain('name a rule: no finding stands here')
      end
      -- The server shows the page itself, where the rule has a page.
      execute('assaymark.explain', rule, function(found)
        if type(found.uri) ~= 'string' or found.uri == '' then
          show(found.text, 'markdown')
        end
      end)
    end,
  },
  fix = {
    run = function()
      execute('assaymark.fixAll', vim.uri_from_bufnr(0), function(done)
        say(('Assaymark: %d safe fixes'):format(done.edits))
      end)
    end,
  },
  hints = {
    complete = function()
      return { 'on', 'off' }
    end,
    run = function(given)
      local client = require('assaymark').client()
      if not client then
        return complain('the server does not run here. :checkhealth assaymark says why')
      end
      local settings = vim.tbl_get(client, 'settings', 'assaymark') or {}
      local is_off = settings.originHints == 'off'
      local on = given.args[1] == 'on' or (given.args[1] == nil and is_off)
      settings.originHints = not on and 'off' or nil
      client.settings = vim.tbl_extend('force', client.settings or {}, { assaymark = settings })
      client:notify('workspace/didChangeConfiguration', { settings = client.settings })
      if on then
        vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
      end
      say('Assaymark: hints are ' .. (on and 'on' or 'off'))
    end,
  },
  hooks = {
    complete = function()
      return { 'status', 'install', 'uninstall', 'doctor' }
    end,
    run = function(given)
      if #given.args == 0 or given.args[1] == 'status' then
        return run({ 'hooks', 'status' }, function(said)
          show(said, 'text')
        end)
      end
      -- It asks questions.
      vim.cmd('botright new')
      local words = vim.list_extend(M.program(), vim.list_extend({ 'hooks' }, given.args))
      vim.fn.jobstart(words, { term = true })
    end,
  },
  reviewed = {
    complete = function()
      return { 'run', 'function', 'file' }
    end,
    run = function(given)
      execute('assaymark.markReviewed', target(given))
    end,
  },
  session = {
    run = function(given)
      local params = { uri = vim.uri_from_fname(vim.fn.getcwd()), id = given.args[1] }
      ask('assaymark/session', params, function(card)
        local title = ('Assaymark: session of %s'):format(card.tool)
        list(title, lists.session(card), 'Assaymark: nothing in the session needs a look')
      end)
    end,
  },
  status = {
    run = function()
      ask('assaymark/status', { uri = vim.uri_from_bufnr(0) }, function(status)
        local counted = {}
        for _, severity in ipairs({ 'critical', 'high', 'medium', 'low' }) do
          if status.counts[severity] > 0 then
            counted[#counted + 1] = ('%d %s'):format(status.counts[severity], severity)
          end
        end
        local said = { status.state, table.concat(counted, ', '), status.reason }
        say('Assaymark: ' .. table.concat(
          vim.tbl_filter(function(part)
            return part ~= ''
          end, said),
          ': '
        ))
      end)
    end,
  },
  unreviewed = {
    run = function()
      ask('assaymark/unreviewed', vim.empty_dict(), function(items)
        list(
          'Assaymark: not reviewed',
          lists.unreviewed(items),
          'Assaymark: nothing in open files waits for review'
        )
      end)
    end,
  },
  why = {
    run = function()
      local file = saved()
      if file then
        run({ 'why', ('%s:%d'):format(file, vim.api.nvim_win_get_cursor(0)[1]) }, function(said)
          vim.lsp.util.open_floating_preview(vim.split(vim.trim(said), '\n'), 'text', { border = 'rounded' })
        end)
      end
    end,
  },
  withdraw = {
    run = function(given)
      local range = given.range or { first = vim.fn.line('.'), last = vim.fn.line('.') }
      execute('assaymark.withdrawReview', target({ args = {}, range = range }))
    end,
  },
}

--- Effect: what was typed behind `:Assaymark` is done; without a word, the status is told.
---@param typed vim.api.keyset.create_user_command.command_args
function M.run(typed)
  local name = typed.fargs[1] or 'status'
  local subcommand = M.subcommands[name]
  if not subcommand then
    local names = table.concat(vim.fn.sort(vim.tbl_keys(M.subcommands)), ', ')
    return complain(('%s is no subcommand. There are: %s'):format(name, names))
  end
  subcommand.run({
    args = vim.list_slice(typed.fargs, 2),
    range = typed.range > 0 and { first = typed.line1, last = typed.line2 } or nil,
  })
end

--- What may stand where the cursor is.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = vim.split(line:gsub("^.-Assaymark%s*", ''), '%s+')
  local offered = {} ---@type string[]
  if #words <= 1 then
    offered = vim.fn.sort(vim.tbl_keys(M.subcommands))
  elseif #words == 2 and M.subcommands[words[1]] and M.subcommands[words[1]].complete then
    offered = M.subcommands[words[1]].complete()
  end
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, offered)
end

return M
