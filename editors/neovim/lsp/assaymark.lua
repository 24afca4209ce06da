-- What `vim.lsp.enable('assaymark')` starts; `vim.lsp.config('assaymark', {…})` lays yours over it.

---@type vim.lsp.Config
return {
  cmd = { 'assaymark', 'lsp' },
  filetypes = { 'python' },
  root_markers = { '.git', 'assaymark.toml', 'pyproject.toml' },
  -- The server analyses one statement in a few milliseconds: there is nothing to wait for.
  flags = { debounce_text_changes = 0 },
  -- The server tells how each file stands, for the status line.
  init_options = { statusNotifications = true },
  handlers = {
    ['workspace/inlayHint/refresh'] = function(...)
      return require('assaymark.hints').refresh(...)
    end,
    ['assaymark/status'] = function(_, status)
      require('assaymark').stands(status)
    end,
  },
}
