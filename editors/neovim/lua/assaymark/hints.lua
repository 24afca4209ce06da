--- Hints that change without an edit: an origin became known, something was reviewed.
---
--- Neovim (0.12.4) forgets what it drew when it is told to ask again, and remembers it anew at every redraw; if one comes
--- before the answer does, the answer is never drawn, since the text is no other. So it is told once there is an answer.

local M = {}

---@type lsp.Handler
function M.refresh(problem, result, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  local ask_again = vim.lsp.handlers['workspace/inlayHint/refresh']
  local draw = vim.lsp.handlers['textDocument/inlayHint']
  for bufnr in pairs(client and client.attached_buffers or {}) do
    if vim.lsp.inlay_hint.is_enabled({ bufnr = bufnr }) and #vim.fn.win_findbuf(bufnr) > 0 then
      client:request('textDocument/inlayHint', {
        textDocument = vim.lsp.util.make_text_document_params(bufnr),
        range = {
          start = { line = 0, character = 0 },
          ['end'] = { line = vim.api.nvim_buf_line_count(bufnr), character = 0 },
        },
      }, function(trouble, hints, about)
        ask_again(problem, result, context)
        draw(trouble, hints, about)
      end, bufnr)
    end
  end
  return vim.NIL
end

return M
