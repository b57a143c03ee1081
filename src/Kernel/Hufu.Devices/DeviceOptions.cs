namespace Hufu.Devices;

/// <summary>How hard a device's PIN is to guess. The default is right for everything but tests.</summary>
public sealed record DeviceOptions
{
    /// <summary>The least number of PBKDF2-SM3 iterations that a device accepts without <see cref="AllowFewIterations"/>.</summary>
    public const int LeastIterations = 100_000;

    /// <summary>The greatest number of iterations that a header may ask for; more is taken for an attack on the reader's time.</summary>
    public const int MostIterations = 10_000_000;

    /// <summary>PBKDF2-SM3 iterations between the PIN and the key that wraps the device key.</summary>
    public int PinIterations { get; init; } = LeastIterations;

    /// <summary>Lets <see cref="PinIterations"/> be under <see cref="LeastIterations"/>. For tests only: a stolen folder then falls to guessing.</summary>
    public bool AllowFewIterations { get; init; }

    /// <summary>For tests: a PIN costs ten iterations.</summary>
    public static DeviceOptions ForTests { get; } = new() { PinIterations = 10, AllowFewIterations = true };

    internal void Check()
    {
        if (PinIterations < 1 || PinIterations > MostIterations || (PinIterations < LeastIterations && !AllowFewIterations))
        {
            throw new DeviceException(DeviceError.OutOfRange, $"The PIN needs {LeastIterations} to {MostIterations} iterations.");
        }
    }
}
