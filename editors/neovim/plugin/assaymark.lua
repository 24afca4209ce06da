-- Loaded when Neovim starts, so it loads nothing itself: the command, and what begins once the server is there.

if vim.g.loaded_assaymark or vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.g.loaded_assaymark = true

vim.api.nvim_create_user_command('Assaymark', function(given)
  require('assaymark.command').run(given)
end, {
  nargs = '*',
  range = true,
  desc = 'Findings, origins and reviews (:help assaymark)',
  complete = function(lead, line)
    return require('assaymark.command').complete(lead, line)
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('assaymark', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client then
      require('assaymark').attached(client, event.buf)
    end
  end,
})
