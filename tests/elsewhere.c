// Preloaded into a process, answers CPUID as another processor would: tests/elsewhere.py says why, and loads it.
//
// arch_prctl makes CPUID fault (Linux on processors that can; each exec lifts it, so the library does it again). The handler asks this
// processor, changes the answer by the rules in ELSEWHERE, and goes on after the instruction. A rule is five hexadecimal numbers: leaf,
// subleaf or ffffffff for all of them, register (0 to 3 for eax to edx), the bits that are kept, and those that are added.
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <cpuid.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { MOST = 512 };
static struct { unsigned leaf, subleaf, place, keep, add; } rules[MOST];
static int count;
static struct sigaction theirs;  // what the program wants done at other faults
static int (*do_sigaction)(int, const struct sigaction *, struct sigaction *);
static int (*do_sigmask[2])(int, const sigset_t *, sigset_t *);

static void answer(greg_t *registers) {
    static const int places[] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX};
    unsigned leaf = registers[REG_RAX], subleaf = registers[REG_RCX], said[4];
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
    __cpuid_count(leaf, subleaf, said[0], said[1], said[2], said[3]);
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
    for (int i = 0; i < count; i++)
        if (rules[i].leaf == leaf && (rules[i].subleaf == subleaf || rules[i].subleaf == ~0u))
            said[rules[i].place] = (said[rules[i].place] & rules[i].keep) | rules[i].add;
    for (int i = 0; i < 4; i++) registers[places[i]] = said[i];
    registers[REG_RIP] += 2;  // the instruction's length
}

static void on_fault(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *instruction = (const unsigned char *)registers[REG_RIP];
    if (info->si_code == SI_KERNEL && instruction[0] == 0x0f && instruction[1] == 0xa2) {
        answer(registers);
    } else if (theirs.sa_flags & SA_SIGINFO) {
        theirs.sa_sigaction(number, info, context);
    } else if (theirs.sa_handler != SIG_DFL && theirs.sa_handler != SIG_IGN) {
        theirs.sa_handler(number);
    } else {  // nobody's: the instruction faults again, and ends the process
        struct sigaction plain = {.sa_handler = SIG_DFL};
        do_sigaction(SIGSEGV, &plain, NULL);
    }
}

static void find(void) {
    if (do_sigaction) return;
    do_sigmask[0] = dlsym(RTLD_NEXT, "pthread_sigmask");
    do_sigmask[1] = dlsym(RTLD_NEXT, "sigprocmask");
    do_sigaction = dlsym(RTLD_NEXT, "sigaction");
}

// Programs (faulthandler, for one) may not take the handler away, nor block the signal in a thread.
int sigaction(int number, const struct sigaction *new, struct sigaction *old) {
    find();
    if (number != SIGSEGV) return do_sigaction(number, new, old);
    struct sigaction before = theirs;
    if (new) theirs = *new;
    if (old) *old = before;
    return 0;
}

sighandler_t signal(int number, sighandler_t handler) {
    struct sigaction new = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    return sigaction(number, &new, &old) ? SIG_ERR : old.sa_handler;
}

static int mask(int which, int how, const sigset_t *new, sigset_t *old) {
    sigset_t fewer;
    find();
    if (new && how != SIG_UNBLOCK) {
        fewer = *new;
        sigdelset(&fewer, SIGSEGV);
        new = &fewer;
    }
    return do_sigmask[which](how, new, old);
}

int pthread_sigmask(int how, const sigset_t *new, sigset_t *old) { return mask(0, how, new, old); }
int sigprocmask(int how, const sigset_t *new, sigset_t *old) { return mask(1, how, new, old); }

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("ELSEWHERE");
    int length = 0;
    while (text && count < MOST && sscanf(text, "%x %x %x %x %x;%n", &rules[count].leaf, &rules[count].subleaf, &rules[count].place,
                                          &rules[count].keep, &rules[count].add, &length) == 5) {
        text += length;
        count++;
    }
    struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    find();
    do_sigaction(SIGSEGV, &ours, &theirs);
    if (!text || *text || syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0)) {
        fprintf(stderr, "elsewhere: %s\n", text && !*text ? "this processor or kernel cannot make CPUID fault" : "no rules, or wrong ones");
        _exit(125);
    }
}
