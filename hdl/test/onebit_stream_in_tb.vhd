-- onebit_stream_in, with onebit_binarize before it, on packets of which some are too short and some too long.

library ieee;
use ieee.std_logic_1164.all;
use ieee.numeric_std.all;
use std.env.all;
use work.onebit_pkg.all;
use work.onebit_test_pkg.all;

entity onebit_stream_in_tb is
  generic (
    ELEMENTS  : positive := 13;
    LANES     : positive := 4;
    THRESHOLD : natural := 127;
    VECTORS   : positive := 100;
    STALL     : natural := 40;
    SEED      : positive := 1
  );
end entity;

architecture sim of onebit_stream_in_tb is
  constant BEATS : positive := ceil_div(ELEMENTS, LANES);

  signal clk : std_logic := '0';
  signal rst : std_logic := '1';
  signal in_valid, in_ready, in_last, out_valid, bad_frame : std_logic := '0';
  signal out_ready : std_logic := '0';
  signal pixels : std_logic_vector(8 * LANES - 1 downto 0) := (others => 'X');
  signal bits : std_logic_vector(LANES - 1 downto 0);
  signal out_data : std_logic_vector(ELEMENTS - 1 downto 0);
  -- Packets of a wrong length that were sent, and that were dropped.
  signal wrong, dropped : natural := 0;
begin
  clk <= not clk after 5 ns;
  rst <= '0' after 22 ns;
  dropped <= dropped + 1 when rising_edge(clk) and bad_frame = '1';

  binarize : entity work.onebit_binarize
    generic map (THRESHOLD => THRESHOLD, LANES => LANES)
    port map (in_valid, pixels, bits);

  dut : entity work.onebit_stream_in
    generic map (ELEMENTS => ELEMENTS, LANES => LANES)
    port map (clk, rst, in_valid, in_ready, bits, in_last, out_valid, out_ready, out_data, bad_frame);

  send : process
    variable source, pause : random_source;

    -- Random pixels are taken from `source` only for a packet that counts.
    procedure send_packet(length : positive; counts : boolean) is
    begin
      for b in 1 to length loop
        while pause.chance(STALL) loop
          wait until rising_edge(clk);
        end loop;
        in_valid <= '1';
        in_last <= '1' when b = length else '0';
        if counts then
          for l in 0 to LANES - 1 loop
            pixels(8 * l + 7 downto 8 * l) <= std_logic_vector(to_unsigned(source.number(0, 255), 8));
          end loop;
        else
          pixels <= pause.bits(pixels'length);
        end if;
        wait until rising_edge(clk) and in_ready = '1';
        in_valid <= '0';
        in_last <= 'X';
        pixels <= (others => 'X');
      end loop;
    end procedure;
  begin
    source.start(SEED);
    pause.start(SEED + 200);
    wait until rising_edge(clk) and rst = '0';
    for v in 1 to VECTORS loop
      if pause.chance(20) then
        send_packet(BEATS + pause.number(1, 2 * BEATS + 1), false);
        wrong <= wrong + 1;
      end if;
      if BEATS > 1 and pause.chance(20) then
        send_packet(pause.number(1, BEATS - 1), false);
        wrong <= wrong + 1;
      end if;
      send_packet(BEATS, true);
    end loop;
    wait;
  end process;

  check : process
    variable source, pause : random_source;
    variable vector : std_logic_vector(BEATS * LANES - 1 downto 0);
  begin
    source.start(SEED);
    pause.start(SEED + 300);
    for v in 1 to VECTORS loop
      for k in 0 to BEATS * LANES - 1 loop
        vector(k) := '1' when source.number(0, 255) > THRESHOLD else '0';
      end loop;
      while pause.chance(STALL) loop
        wait until rising_edge(clk);
      end loop;
      out_ready <= '1';
      wait until rising_edge(clk) and out_valid = '1';
      out_ready <= '0';
      assert out_data = vector(out_data'range)
        report "onebit_stream_in_tb: vector " & to_string(v) & " is " & to_string(out_data) severity failure;
    end loop;
    out_ready <= '1';
    for clock in 1 to 100 loop
      wait until rising_edge(clk);
      assert out_valid = '0' report "onebit_stream_in_tb: a vector too many" severity failure;
    end loop;
    assert dropped = wrong
      report "onebit_stream_in_tb: dropped " & to_string(dropped) & " packets of " & to_string(wrong) severity failure;
    report "onebit_stream_in_tb: passed";
    finish;
  end process;
end architecture;
