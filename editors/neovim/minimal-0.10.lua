-- For Neovim 0.10, which has no vim.lsp.enable: diagnostics, hover, fixes and hints, and no more. For init.lua.
vim.api.nvim_create_autocmd('FileType', {
  pattern = 'python',
  callback = function(event)
    vim.lsp.start({
      name = 'assaymark',
      cmd = { 'assaymark', 'lsp' },
      root_dir = vim.fs.root(event.buf, { '.git', 'pyproject.toml' }),
    })
  end,
})
vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
  end,
})
