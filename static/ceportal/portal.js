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

// On a slow line people press twice: a form that is on its way waits.
{
    const waits = 8000;
    const rest = (form, is) => form.querySelectorAll('button').forEach((button) => { button.disabled = is; });
    document.addEventListener('submit', (event) => {
        setTimeout(() => rest(event.target, true));
        setTimeout(() => rest(event.target, false), waits);
    });
    window.addEventListener('pageshow', () => document.querySelectorAll('form').forEach((form) => rest(form, false)));
}

// Drafts: what is typed stays in this browser until it has arrived, and no longer than its author is signed in: it is wiped at
// sign-out, at the sign-in that follows an idle time, and by the clock where a screen is left alone.
const drafts = {
    mark: 'ceportal-draft:',
    sent: 'ceportal-sent',
    minutes: Number(document.body.dataset.idleMinutes || 30),
    keys() {
        return Object.keys(localStorage).filter((key) => key.startsWith(this.mark));
    },
    read(key) {
        try {
            return JSON.parse(localStorage.getItem(this.mark + key));
        } catch {
            return null;
        }
    },
    write(form) {
        const values = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'csrfmiddlewaretoken' && name !== 'seen' && name !== 'own');
        localStorage.setItem(this.mark + form.dataset.draft, JSON.stringify({at: Date.now(), values}));
    },
    forget(key) {
        localStorage.removeItem(this.mark + key);
    },
    forgetAll() {
        this.keys().forEach((key) => localStorage.removeItem(key));
    },
    restore(form) {
        const kept = this.read(form.dataset.draft);
        if (!kept) {
            return;
        }
        let changed = false;
        kept.values.forEach(([name, value]) => {
            const field = form.elements[name];
            if (field && 'value' in field && field.type !== 'file' && field.value !== value) {
                field.value = value;
                changed = true;
            }
        });
        if (changed) {
            this.tell(form);
        }
    },
    tell(form) {
        const note = document.createElement('p');
        const discard = document.createElement('button');
        note.className = 'note';
        note.setAttribute('role', 'status');
        note.append(form.dataset.restored + ' ', discard);
        discard.type = 'button';
        discard.className = 'link';
        discard.textContent = form.dataset.discard;
        discard.addEventListener('click', () => {
            this.forget(form.dataset.draft);
            window.location.reload();
        });
        form.before(note);
    },
};

{
    const old = Date.now() - drafts.minutes * 60 * 1000;
    drafts.keys().forEach((key) => {
        const kept = drafts.read(key.slice(drafts.mark.length));
        if (!kept || kept.at < old) {
            localStorage.removeItem(key);
        }
    });
    const form = document.querySelector('form[data-draft]');
    const sent = sessionStorage.getItem(drafts.sent);
    // Only a page that says so means that what was sent has arrived: a sign-in, an error or another page after a lost line does not.
    if (sent) {
        sessionStorage.removeItem(drafts.sent);
        if (document.querySelector('[data-arrived]')) {
            drafts.forget(sent);
        }
    }
    if (form) {
        if (!form.querySelector('.has-error')) {
            drafts.restore(form);
        }
        form.addEventListener('input', () => drafts.write(form));
        form.addEventListener('submit', () => {
            drafts.write(form);
            sessionStorage.setItem(drafts.sent, form.dataset.draft);
        });
    }
    document.querySelectorAll('#logout-form').forEach((leave) => {
        leave.addEventListener('submit', () => drafts.forgetAll());
    });
    if (document.querySelector('#login-form')) {
        drafts.forgetAll();
    }
}

// Whoever types is there, so the session hears of it now and then; where nothing is done for the idle time, the page goes as well.
if (document.querySelector('#logout-form')) {
    const between = 4 * 60 * 1000;
    let told = Date.now();
    let alone = 0;
    const isHere = () => {
        clearTimeout(alone);
        alone = setTimeout(() => {
            drafts.forgetAll();
            window.location.replace(window.location.pathname);
        }, (drafts.minutes * 60 + 5) * 1000);
    };
    document.addEventListener('input', () => {
        isHere();
        if (Date.now() - told > between) {
            told = Date.now();
            fetch('/healthz', {cache: 'no-store'}).catch(() => {});
        }
    });
    isHere();
}

// A file is looked at when it is chosen: the server judges it again, by its content.
document.addEventListener('change', async (event) => {
    const input = event.target;
    if (!input.matches('[data-check-file]')) {
        return;
    }
    const said = input.parentElement.querySelector('.said') || input.parentElement.appendChild(document.createElement('span'));
    const words = input.form.dataset;
    const problem = await problemOf(input, words);
    said.setAttribute('role', 'status');
    said.className = `said ${problem ? 'wrong' : 'good'}`;
    said.textContent = input.files.length ? problem || `✓ ${words.looksGood}` : '';
});

async function problemOf(input, words) {
    for (const file of input.files) {
        if (!input.accept.split(',').includes(file.type)) {
            return input.accept.includes('pdf') ? words.wrongType : words.noPicture || words.wrongType;
        }
        if (file.size > Number(input.dataset.mostBytes || Infinity)) {
            return words.tooLarge;
        }
        if (input.dataset.leastWidth && file.type.startsWith('image/')) {
            const picture = await createImageBitmap(file).catch(() => null);
            if (!picture) {
                return words.wrongType;
            }
            if (picture.width < Number(input.dataset.leastWidth) || picture.height < Number(input.dataset.leastHeight)) {
                return `${words.tooSmall} ${picture.width} × ${picture.height} < ${input.dataset.leastWidth} × ${input.dataset.leastHeight}`;
            }
        }
    }
    return '';
}
