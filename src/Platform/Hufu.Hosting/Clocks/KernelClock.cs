using System.Runtime.InteropServices;

namespace Hufu.Hosting;

/// <summary>What the operating system knows of its clock (Linux <c>adjtimex</c>): whether something keeps it in step, and how far off it may be.</summary>
internal static class KernelClock
{
    private const int Unsynchronised = 0x0040;
    private const int ErrorState = 5;

    /// <summary>The state in words; whether it is kept in step, null where the system does not say.</summary>
    public static (bool? Synchronised, string What) Read()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return (null, "the system does not tell whether its clock is kept in step");
        }

        var clock = default(Timex);
        var state = AdjustTime(ref clock);
        return state < 0
            ? (null, "adjtimex is not allowed here")
            : state == ErrorState || (clock.Status & Unsynchronised) != 0
                ? (false, "the system says that nothing keeps its clock in step")
                : (true, $"kept in step by the system, at most {clock.MaxError / 1000} ms off");
    }

    [DllImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AdjustTime(ref Timex clock);

    /// <summary>struct timex of 64-bit Linux; 208 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    private struct Timex
    {
        [FieldOffset(24)]
        public long MaxError;

        [FieldOffset(40)]
        public int Status;
    }
}
