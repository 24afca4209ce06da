--- The server's answers as entries of the quickfix window.

local M = {}

local LETTERS = { critical = 'E', high = 'W', medium = 'I', low = 'N' }

---@param path string
---@param top string
---@return string
local function inside(path, top)
  return path:sub(1, 1) == '/' and path or vim.fs.joinpath(top, path)
end

--- What needs a look in a session, then the lines that nobody reviewed, then what is lacking.
---@param card table The answer to `assaymark/session`.
---@return vim.quickfix.entry[]
function M.session(card)
  local top, entries = vim.uri_to_fname(card.top), {}
  for _, item in ipairs(card.items) do
    entries[#entries + 1] = {
      filename = inside(item.path, top),
      lnum = type(item.line) == 'number' and item.line or 1,
      type = LETTERS[item.severity],
      text = ('%s: %s'):format(item.severity, item.text),
    }
  end
  for _, run in ipairs(card.unread) do
    entries[#entries + 1] = {
      filename = inside(run.path, top),
      lnum = run.first,
      end_lnum = run.last,
      type = 'N',
      text = 'not reviewed',
    }
  end
  for _, path in ipairs(card.outside) do
    entries[#entries + 1] = { filename = inside(path, top), text = 'outside of the folder' }
  end
  for _, problem in ipairs(card.problems) do
    entries[#entries + 1] = { text = problem }
  end
  return entries
end

--- What somebody should read in open files and nobody has: findings first.
---@param items table[] The answer to `assaymark/unreviewed`.
---@return vim.quickfix.entry[]
function M.unreviewed(items)
  return vim.tbl_map(function(item)
    local start, last = item.range.start, item.range['end']
    local is_finding = item.kind == 'finding'
    return {
      filename = vim.uri_to_fname(item.uri),
      lnum = start.line + 1,
      end_lnum = is_finding and last.line + 1 or last.line,
      col = start.character + 1,
      type = is_finding and LETTERS[item.severity] or 'N',
      text = is_finding and ('%s: %s (%s)'):format(item.severity, item.message, item.reason)
        or ('not reviewed: %s, %s'):format(vim.trim(item.tool .. ' ' .. item.model), item.reason),
    }
  end, items)
end

---@param origin table
---@return string
local function whose(origin)
  local words = { origin.author == 'ai' and 'AI' or origin.author, origin.tool, origin.model }
  local evidence = origin.evidence ~= 'none' and origin.evidence or origin.arrival
  return table.concat(words, ' ') .. (evidence and (' (%s)'):format(evidence) or '')
end

--- Where each line of a file comes from; lines of which there is nothing to say are left out.
---@param found table What `assaymark blame --json` prints.
---@param file string
---@return vim.quickfix.entry[]
function M.blame(found, file)
  local entries = {}
  for _, line in ipairs(found.lines) do
    if #line.origins > 0 then
      entries[#entries + 1] = {
        filename = file,
        lnum = line.line,
        text = table.concat(vim.tbl_map(whose, line.origins), ', '),
      }
    end
  end
  for _, problem in ipairs(found.problems) do
    entries[#entries + 1] = { text = problem }
  end
  return entries
end

return M
