'use strict';
// The menu is a plain <details>: closed on a phone, open where there is room. A press outside closes nothing by surprise.
{
    const wide = window.matchMedia('(min-width: 60rem)');
    const follow = () => document.querySelectorAll('details[data-open-when-wide]').forEach((menu) => { menu.open = wide.matches; });
    follow();
    wide.addEventListener('change', follow);

    document.addEventListener('change', (event) => {
        if (event.target.matches('[data-submit-on-change]')) {
            event.target.form.requestSubmit();
        }
    });

    document.querySelectorAll('[data-print]').forEach((button) => {
        button.addEventListener('click', () => window.print());
    });
}
