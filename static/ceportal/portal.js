'use strict';
// Everything essential works without this file: it saves presses, keeps drafts and looks at files before they travel.
document.documentElement.classList.add('scripted');

document.addEventListener('change', (event) => {
    if (event.target.matches('[data-submit-on-change]')) {
        event.target.form.requestSubmit();
    }
});

document.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
});
