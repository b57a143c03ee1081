using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>One application of a token that is plugged in: what a person calls a token.</summary>
/// <param name="Id"><c>skf-</c> and 16 hex digits, the same whenever this token is plugged in.</param>
/// <param name="Label">What it is called, for people.</param>
public sealed record SkfSlot(string Id, string Label)
{
    internal byte[] Device { get; init; } = [];

    internal byte[] Application { get; init; } = [];
}

/// <summary>A maker's SKF library and the tokens that it sees. Calls go one at a time, as makers' libraries want it. Safe for many threads.</summary>
public sealed unsafe class SkfReader : IDisposable
{
    private const int MostNames = 64;
    private const uint LargestList = 64 * 1024;

    private readonly SkfLibrary _library;
    private bool _disposed;

    private SkfReader(SkfOptions options)
    {
        Options = options;
        _library = new SkfLibrary(options.Library);
    }

    internal SkfOptions Options { get; }

    internal Lock Turn { get; } = new();

    internal SkfLibrary Library => !_disposed ? _library : throw new ObjectDisposedException(nameof(SkfReader));

    /// <summary>Loads the library.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>: it cannot be loaded, or lacks a function.</exception>
    public static SkfReader Load(SkfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SkfReader(options);
    }

    /// <summary>The tokens that are plugged in now, at most 64 devices with 64 applications each. A device that does not answer is left out.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Driver"/>.</exception>
    public IReadOnlyList<SkfSlot> Find()
    {
        lock (Turn)
        {
            List<SkfSlot> slots = [];
            foreach (byte[] device in Devices())
            {
                nint handle;
                fixed (byte* name = Terminated(device))
                {
                    if (Library.ConnectDev(name, &handle) != SkfCodes.Ok)
                    {
                        continue;
                    }
                }

                try
                {
                    AddApplications(device, handle, slots);
                }
                catch (DeviceException)
                {
                    // A device that was pulled out in this moment, or that does not speak the standard: it is not listed.
                }
                finally
                {
                    _ = Library.DisconnectDev(handle);
                }
            }

            return slots;
        }
    }

    /// <summary>Connects to a token. No key works before its PIN.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Removed"/>, <see cref="DeviceError.Driver"/>.</exception>
    public SkfToken Open(SkfSlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        lock (Turn)
        {
            return new SkfToken(this, slot);
        }
    }

    /// <summary>Unloads the library; close its tokens before.</summary>
    public void Dispose()
    {
        lock (Turn)
        {
            if (!_disposed)
            {
                _disposed = true;
                _library.Dispose();
            }
        }
    }

    /// <summary>What a failed call on a device means: makers answer all kinds of errors for a token that is gone.</summary>
    internal DeviceException Fault(uint result, string call, byte[] device)
    {
        DeviceException fault = SkfCodes.Fault(result, call);
        return fault.Error == DeviceError.Driver && !IsPresent(device) ? SkfCodes.Fault(SkfCodes.DeviceRemoved, call) : fault;
    }

    internal static byte[] Terminated(ReadOnlySpan<byte> name)
    {
        byte[] text = new byte[name.Length + 1];
        name.CopyTo(text);
        return text;
    }

    /// <summary>Asks twice: for the length, then for the list.</summary>
    internal static List<byte[]> List(nint handle, delegate* unmanaged<nint, byte*, uint*, uint> call, Func<uint, DeviceException> fault)
    {
        uint size = 0;
        uint result = call(handle, null, &size);
        if (result != SkfCodes.Ok || size > LargestList)
        {
            throw fault(result);
        }

        byte[] list = new byte[size + 2];
        fixed (byte* at = list)
        {
            result = call(handle, at, &size);
        }

        return result == SkfCodes.Ok ? SkfBlobs.Names(list, MostNames) : throw fault(result);
    }

    private List<byte[]> Devices()
    {
        uint size = 0;
        uint result = Library.EnumDev(1, null, &size);
        if (result != SkfCodes.Ok || size > LargestList)
        {
            throw SkfCodes.Fault(result, "SKF_EnumDev");
        }

        byte[] list = new byte[size + 2];
        fixed (byte* at = list)
        {
            result = Library.EnumDev(1, at, &size);
        }

        return result == SkfCodes.Ok ? SkfBlobs.Names(list, MostNames) : throw SkfCodes.Fault(result, "SKF_EnumDev");
    }

    private bool IsPresent(byte[] device)
    {
        try
        {
            return Devices().Exists(name => name.AsSpan().SequenceEqual(device));
        }
        catch (DeviceException)
        {
            return false;
        }
    }

    private void AddApplications(byte[] device, nint handle, List<SkfSlot> slots)
    {
        Span<byte> info = stackalloc byte[SkfBlobs.DeviceInfoSize];
        info.Clear();
        fixed (byte* at = info)
        {
            uint result = Library.GetDevInfo(handle, at);
            if (result != SkfCodes.Ok)
            {
                throw Fault(result, "SKF_GetDevInfo", device);
            }
        }

        var (manufacturer, label, serial) = SkfBlobs.DeviceInfo(info);
        foreach (byte[] application in List(handle, Library.EnumApplication, result => Fault(result, "SKF_EnumApplication", device)))
        {
            string words = SkfBlobs.Words(application);
            string id = Id(manufacturer, serial.Length > 0 ? serial : SkfBlobs.Words(device), words);
            if (slots.Exists(slot => slot.Id == id))
            {
                // Two devices that give themselves the same serial number.
                id = Id(manufacturer, serial + SkfBlobs.Words(device), words);
            }

            string name = label.Length > 0 ? label : manufacturer;
            slots.Add(new SkfSlot(id, $"{name} {serial} · {words}".Trim()) { Device = device, Application = application });
        }
    }

    private static string Id(string manufacturer, string serial, string application) =>
        "skf-" + Convert.ToHexStringLower(Sm3.HashData(System.Text.Encoding.UTF8.GetBytes($"{manufacturer}\n{serial}\n{application}")).AsSpan(0, 8));
}
