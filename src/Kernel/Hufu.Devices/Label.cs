namespace Hufu.Devices;

/// <summary>Names of keys and containers. They become file names, so their alphabet is closed.</summary>
internal static class Label
{
    public const int MaxLength = 64;

    public static string Check(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        bool fits = label.Length is > 0 and <= MaxLength && label[0] != '.';
        foreach (char c in label)
        {
            fits &= c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
        }

        return fits ? label : throw new DeviceException(DeviceError.LabelUnfit, "A label has 1 to 64 characters a-z, 0-9, '.', '_', '-', and does not start with '.'.");
    }
}
