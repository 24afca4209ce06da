;;; assaymark.el --- Security findings as you type, by Eglot  -*- lexical-binding: t; -*-

;; Author: the Assaymark authors
;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "30.1"))
;; Keywords: languages, tools

;;; Commentary:

;; Makes Eglot start the server for Python, and adds what the server has beyond the protocol as commands.
;; Eglot runs one server in a buffer: this takes the place of another Python server.

;;; Code:

(require 'eglot)

(defgroup assaymark nil
  "Security findings as you type."
  :group 'tools)

(defcustom assaymark-program '("assaymark" "lsp")
  "How the server is started."
  :type '(repeat string))

(add-to-list 'eglot-server-programs
             `((python-mode python-ts-mode) . ,(lambda (&rest _) assaymark-program)))

(defun assaymark--execute (command argument)
  "The server's answer to COMMAND with ARGUMENT."
  (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                   `(:command ,command :arguments [,argument])))

(defun assaymark--lines (first last)
  "Lines FIRST to LAST (from 1) of this buffer, as the server takes them."
  (list :uri (eglot-path-to-uri buffer-file-name)
        :range `(:start (:line ,(1- first) :character 0) :end (:line ,last :character 0))))

;;;###autoload
(defun assaymark-reviewed (beginning end)
  "Record that you have read the lines from BEGINNING to END: the region, else this line."
  (interactive (if (use-region-p) (list (region-beginning) (region-end)) (list (point) (point))))
  (let ((answer (assaymark--execute "assaymark.markReviewed"
                                    (assaymark--lines (line-number-at-pos beginning)
                                                      (line-number-at-pos end)))))
    (message "%s" (plist-get answer :message))))

;;;###autoload
(defun assaymark-fix-all ()
  "Make all safe fixes in this buffer."
  (interactive)
  (let ((uri (eglot-path-to-uri buffer-file-name)))
    (message "%s safe fixes" (plist-get (assaymark--execute "assaymark.fixAll" uri) :edits))))

;;;###autoload
(defun assaymark-explain (rule)
  "Show the page of RULE: by default that of the finding at point."
  (interactive
   (let ((found (seq-some (lambda (one) (flymake-diagnostic-code one)) (flymake-diagnostics (point)))))
     (list (read-string "Rule: " found))))
  (let ((text (plist-get (assaymark--execute "assaymark.explain" rule) :text)))
    (with-help-window "*Assaymark*" (princ text))))

;;;###autoload
(defun assaymark-status ()
  "Say how this file stands."
  (interactive)
  (let* ((uri (eglot-path-to-uri buffer-file-name))
         (status (jsonrpc-request (eglot-current-server) :assaymark/status `(:uri ,uri)))
         (counts (plist-get status :counts)))
    (message "%s%s" (plist-get status :state)
             (mapconcat (lambda (severity)
                          (let ((n (plist-get counts severity)))
                            (if (> n 0) (format ", %d %s" n (substring (symbol-name severity) 1)) "")))
                        '(:critical :high :medium :low) ""))))

(provide 'assaymark)
;;; assaymark.el ends here
