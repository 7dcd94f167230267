'use strict';
// What is typed into a long form is told to the server now and then, for its author alone: it comes back after a sign-out, a lost
// line or a closed window, until the form has arrived.
{
    const mark = document.querySelector('[data-unsent]');
    const form = mark && mark.closest('form');
    const pause = 2500;
    let waiting = 0;

    const body = () => {
        const said = new FormData(form);
        [...said].forEach(([name, value]) => {
            if (typeof value !== 'string') {
                said.delete(name);
            }
        });
        said.set('unsent-address', mark.dataset.unsent);
        return said;
    };
    const tell = (said) => {
        clearTimeout(waiting);
        waiting = 0;
        return fetch(mark.dataset.keep, {method: 'POST', body: said, keepalive: true}).catch(() => {});
    };

    const fill = (name, values) => {
        const fields = [...form.elements].filter((field) => field.name === name && field.type !== 'file');
        let changed = false;
        fields.forEach((field, place) => {
            if (field.type === 'checkbox' || field.type === 'radio') {
                changed = changed || field.checked !== values.includes(field.value);
                field.checked = values.includes(field.value);
            } else if (field.multiple) {
                [...field.options].forEach((option) => { option.selected = values.includes(option.value); });
            } else if (values[place] !== undefined && field.value !== values[place]) {
                field.value = values[place];
                changed = true;
            }
        });
        return changed;
    };

    const restore = () => {
        const kept = document.getElementById('unsent-values');
        const isNewerHere = form.dataset.draft && localStorage.getItem(`ceportal-draft:${form.dataset.draft}`);
        if (!kept || isNewerHere) {
            return;
        }
        const byName = new Map();
        JSON.parse(kept.textContent).forEach(([name, value]) => byName.set(name, [...(byName.get(name) || []), value]));
        [...form.elements].filter((field) => field.type === 'checkbox' && !byName.has(field.name)).forEach((field) => byName.set(field.name, []));
        const changed = [...byName].map(([name, values]) => fill(name, values)).some(Boolean);
        if (!changed) {
            return;
        }
        const note = document.createElement('p');
        const discard = document.createElement('button');
        note.className = 'note';
        note.setAttribute('role', 'status');
        note.append(`${mark.dataset.restored} `, discard);
        discard.type = 'button';
        discard.className = 'link';
        discard.textContent = mark.dataset.discard;
        discard.addEventListener('click', async () => {
            const said = body();
            said.set('unsent-discard', '1');
            await tell(said);
            window.location.reload();
        });
        form.before(note);
    };

    if (form) {
        restore();
        form.addEventListener('input', () => {
            clearTimeout(waiting);
            waiting = setTimeout(() => tell(body()), pause);
        });
        form.addEventListener('submit', () => clearTimeout(waiting));
        window.addEventListener('pagehide', () => {
            if (waiting) {
                tell(body());
            }
        });
    }
}
