// Files that are too large together would close the connection to the kernel: they are refused before they are sent.
document.title = "facediag";
document.documentElement.lang = "en";
document.addEventListener("change", event => {
    const files = [...(event.target.files ?? [])];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST_BYTES) {
        event.stopImmediatePropagation();
        event.target.value = "";
        const MiB = bytes => Math.round(bytes / 2 ** 20);
        alert(`${MiB(size)} MiB: at most ${MiB(MOST_BYTES)} MiB can be uploaded at once. Send them in parts, or name their folder.`);
    }
}, true);
