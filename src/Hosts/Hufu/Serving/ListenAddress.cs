using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hufu.Host.Serving;

/// <summary>
/// The loopback address of this installation. It stands in certificates (CRL distribution point, OCSP), so the port chosen at first start is kept in the data directory
/// (<c>port</c>) and used again.
/// </summary>
internal static class ListenAddress
{
    private const int Usual = 8440;

    /// <summary>The asked port (0: any free one), else the one used before, else 8440 or the next free one; null when that one is in use.</summary>
    public static Uri? Choose(string dataDirectory, int? asked)
    {
        var file = Path.Combine(dataDirectory, "port");
        var kept = File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : (int?)null;
        var port = asked == 0 ? Any().Port : asked ?? kept;
        if (port is { } wanted)
        {
            if (!IsFree(wanted))
            {
                return null;
            }
        }
        else
        {
            port = Enumerable.Range(Usual, 100).Where(IsFree).Cast<int?>().FirstOrDefault();
        }

        if (port is not { } chosen)
        {
            return null;
        }

        if (kept is null)
        {
            Directory.CreateDirectory(dataDirectory);
            File.WriteAllText(file, chosen.ToString(CultureInfo.InvariantCulture) + "\n");
        }

        return new Uri($"http://127.0.0.1:{chosen}/");
    }

    /// <summary>Some free port: for the demo, whose files are looked at after its server has gone.</summary>
    public static Uri Any()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
