// Files that are too large together would close the connection to the kernel: they are refused before they are sent. The upload
// buttons' inputs are in no page, so the guard is set on each when it is first opened.
document.title = "facediag";
document.documentElement.lang = "en";
const mebibytes = bytes => Math.round(bytes / 2 ** 20);
const refuse = event => {
    const size = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
    if (size > MOST_BYTES) {
        event.stopImmediatePropagation();
        event.target.value = "";
        alert(`${mebibytes(size)} MiB: at most ${mebibytes(MOST_BYTES)} MiB can be uploaded at once. Send them in parts, or name their folder.`);
    }
};
const click = HTMLInputElement.prototype.click;
HTMLInputElement.prototype.click = function () {
    if (this.type === "file" && !this.dataset.guarded) {
        this.dataset.guarded = "yes";
        this.addEventListener("change", refuse, true);
    }
    return click.call(this);
};
