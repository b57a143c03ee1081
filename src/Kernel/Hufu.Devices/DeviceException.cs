namespace Hufu.Devices;

/// <summary>The only exception that a device throws for what a caller, a file or a share did wrong. Messages never contain secrets.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>A refusal with a sentence that says what was wrong and, where there is one, the next step.</summary>
    public DeviceException(DeviceError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>What went wrong.</summary>
    public DeviceError Error { get; }

    /// <summary>With <see cref="DeviceError.PinIncorrect"/>: tries that remain before the device locks, 1 to 5; else null.</summary>
    public int? TriesLeft { get; init; }

    /// <summary>With <see cref="DeviceError.WrongShare"/> and <see cref="DeviceError.ShareNotOpened"/>: the numbers of the shares at fault, ascending; else empty.</summary>
    public IReadOnlyList<int> Shares { get; init; } = [];
}
