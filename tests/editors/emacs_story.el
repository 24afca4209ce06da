;;; emacs_story.el --- One story in a real Emacs  -*- lexical-binding: t; -*-

;; One line is printed for each step.

(defvar story-failed 0)

(defun story-until (look)
  "What LOOK gives once that is non-nil; it is asked again and again, for at most half a minute."
  (let ((end (+ (float-time) 30)) found)
    (while (not (or (setq found (funcall look)) (> (float-time) end)))
      (accept-process-output nil 0.02))
    (or found (error "It never came"))))

(defmacro story-step (name &rest body)
  "Runs BODY, and says under NAME whether it could."
  (declare (indent 1))
  `(condition-case problem
       (progn ,@body (message "ok %s" ,name))
     (error (setq story-failed (1+ story-failed)) (message "FAIL %s: %S" ,name problem))))

(defun story-findings ()
  "The texts of the findings."
  (flymake-start)
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun story-shows (n)
  "Waits until there are N findings."
  (story-until (lambda () (accept-process-output nil 0.05) (= n (length (story-findings))))))

(setq eglot-events-buffer-config '(:size 0) eglot-sync-connect 30 create-lockfiles nil make-backup-files nil)
(find-file "shop.py")

(story-step "the server starts by itself"
  ;; Eglot connects behind the first command, of which a batch has none.
  (run-hooks 'post-command-hook)
  (story-until #'eglot-current-server)
  (unless (equal "utf-32" (plist-get (eglot--capabilities (eglot-current-server)) :positionEncoding))
    (error "Another encoding")))

(story-step "a file with a flaw is opened"
  (flymake-mode 1)
  (story-shows 1))

(story-step "a flaw is typed behind an emoji"
  (goto-char (point-max))
  (insert "x = '😀é'; y = eval(z)\n")
  (eglot--signal-textDocument/didChange)
  (story-shows 2)
  (let ((found (car (last (sort (flymake-diagnostics)
                                (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b))))))))
    (goto-char (flymake-diagnostic-beg found))
    (unless (looking-at "eval") (error "It stands at %S" (buffer-substring (point) (line-end-position))))))

(story-step "a quick fix, and the finding is gone"
  (goto-char (point-min))
  (search-forward "yaml.load")
  (backward-char 2)
  (let* ((actions (append (eglot-code-actions (point) (point) "quickfix") nil))
         (fix (seq-find (lambda (one) (string-match-p "safe_load" (plist-get one :title))) actions)))
    (eglot-execute (eglot-current-server) fix))
  (story-until (lambda () (save-excursion (goto-char (point-min)) (search-forward "safe_load" nil t))))
  (eglot--signal-textDocument/didChange)
  (story-shows 1))

(story-step "commands of our own"
  (let ((said (assaymark-status)))
    (unless (equal said "findings, 1 high") (error "It says %S" said)))
  (assaymark-explain "eval-code")
  (with-current-buffer "*Assaymark*"
    (goto-char (point-min))
    (search-forward "eval-code"))
  (goto-char (point-max))
  (assaymark-reviewed 1 2))

(story-step "the end"
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server)))

(message "%d failed" story-failed)
(kill-emacs (min story-failed 1))
;;; emacs_story.el ends here
