// The theme chosen in the chat holds for the other pages too.
const chosen = localStorage.getItem('vite-ui-theme')
if (chosen === 'light' || chosen === 'dark') document.documentElement.classList.add(chosen)
